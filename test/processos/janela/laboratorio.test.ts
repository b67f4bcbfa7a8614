/**
 * O laboratório num navegador de verdade: cada botão age sobre processos de verdade, e a página mostra o que aconteceu.
 * Os testes rodam em ordem sobre o mesmo sistema, como uma pessoa que segue as lições.
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { iniciar, type Processo } from '../../../scripts/comum/processos.ts';
import { abrirNavegador, HA_NAVEGADOR, type Navegador, SEM_NAVEGADOR } from '../../suporte/navegador.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** O contrato da página: o que ela traz, somado. */
const MAXIMO_DA_PAGINA_BYTES = 100 * 1024;
/** Só para que um teste errado acabe: numa máquina ocupada, um processo leva dezenas de segundos a voltar. */
const PRAZO_MS = 240_000;

/** O que o axe deixa na página. */
interface Axe {
  readonly axe: { readonly run: () => Promise<{ readonly violations: readonly { id: string; impact: string }[] }> };
}

describe.skipIf(!HA_NAVEGADOR)(`a janela, no laboratório${SEM_NAVEGADOR}`, { timeout: PRAZO_MS }, () => {
  let janela: Processo;
  let navegador: Navegador;
  let pagina: Page;
  const queixas: string[] = [];
  let bytes = 0;

  beforeAll(async () => {
    [janela, navegador] = await Promise.all([
      iniciar('janela', { argumentos: ['--porta', '0', '--laboratorio'] }),
      abrirNavegador(),
    ]);
    pagina = await navegador.browser.newPage({ viewport: { width: 1024, height: 768 } });
    pagina.on('console', (mensagem) => {
      if (mensagem.type() === 'error' || mensagem.type() === 'warning') queixas.push(mensagem.text());
    });
    pagina.on('pageerror', (erro) => queixas.push(erro.message));
    pagina.on('response', (resposta) => {
      bytes += Number(resposta.headers()['content-length'] ?? 0);
    });
    await pagina.goto(janela.url);
  });

  afterAll(async () => {
    await navegador?.[Symbol.asyncDispose]();
    await janela?.[Symbol.asyncDispose]();
  });

  const contagem = async (nome: string) =>
    Number(
      await pagina
        .locator(`[data-contagem="${nome}"] b`)
        .innerText()
        .catch(() => '0'),
    );
  const estadoDe = (faixa: string) =>
    pagina.locator('#faixas li', { hasText: faixa }).first().getAttribute('data-estado');
  const causar = (falha: string) => pagina.click(`[data-falha="${falha}"]`);
  const escolherAlvo = (alvo: string) => pagina.selectOption('#falhas select', alvo);
  const irALicao = async (id: string) => {
    for (let i = 0; i < 8 && (await pagina.getAttribute('#licao', 'data-licao')) !== id; i += 1) {
      await pagina.click('#licao-seguinte');
    }
    expect(await pagina.getAttribute('#licao', 'data-licao')).toBe(id);
  };
  const alcancar = (id: string) =>
    ate(async () => (await pagina.getAttribute('#licao', 'data-alcancada')) === 'sim', `a lição ${id}`, PRAZO_MS);
  const confirmarMais = async () => {
    const antes = await contagem('confirmadas');
    await ate(async () => (await contagem('confirmadas')) > antes, 'outra mensagem confirmada');
  };
  const semDefeitos = async () => {
    for (const defeito of ['perdidas', 'dobradas', 'fora_de_ordem', 'vazadas']) {
      expect(await contagem(defeito), defeito).toBe(0);
    }
  };

  test('mostra três robôs, o binder e o servidor conversando, e a tabela do binder', async () => {
    await ate(async () => (await contagem('entregues')) >= 6, 'seis entregas');
    expect(await pagina.locator('#faixas strong').allInnerTexts()).toEqual([
      'robo-1',
      'robo-2',
      'robo-3',
      'binder',
      'servidor',
    ]);
    expect(await pagina.locator('#binder tbody tr').count()).toBe(1);
    await semDefeitos();
  });

  test('a página inteira cabe no limite e não pede nada de fora', async () => {
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(MAXIMO_DA_PAGINA_BYTES);
    const recursos = await pagina.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    expect(recursos.filter((url) => !url.startsWith(janela.url))).toEqual([]);
  });

  test('uma resposta perdida é repetida com a mesma chave, e a mensagem não se dobra', async () => {
    await irALicao('chave');
    await escolherAlvo('servidor');
    await causar('perder_resposta');
    await alcancar('chave');
    await semDefeitos();
  });

  test('um pedido entregue duas vezes grava uma mensagem só', async () => {
    await causar('duplicar_pedido');
    await confirmarMais();
    await confirmarMais();
    await semDefeitos();
  });

  test('um atraso não muda a ordem de ninguém', async () => {
    await irALicao('ordem');
    await escolherAlvo('robo-2');
    await causar('atrasar');
    await alcancar('ordem');
    await semDefeitos();
  });

  test('um servidor congelado aparece como tal, e depois a conversa segue', async () => {
    await escolherAlvo('servidor');
    await causar('congelar');
    await ate(async () => (await estadoDe('servidor')) === 'congelado', 'o servidor congelado');
    await causar('descongelar');
    await ate(async () => (await estadoDe('servidor')) === 'vivo', 'o servidor de volta');
    await confirmarMais();
    await semDefeitos();
  });

  test('um servidor morto deixa a faixa cinza; reiniciado, nada se perdeu', async () => {
    await irALicao('volta');
    await causar('matar');
    await ate(async () => (await estadoDe('servidor')) === 'morto', 'o servidor morto');
    await causar('reiniciar');
    await alcancar('volta');
    await semDefeitos();
  });

  test('com a rede de um robô cortada, os outros seguem; religada, ele recebe o que perdeu', async () => {
    await escolherAlvo('robo-1');
    await causar('cortar');
    await confirmarMais();
    await causar('religar');
    await confirmarMais();
    await semDefeitos();
  });

  test('o binder morre e a conversa continua', async () => {
    await irALicao('binder');
    await escolherAlvo('binder');
    await causar('matar');
    await alcancar('binder');
    await causar('reiniciar');
    await ate(async () => (await pagina.locator('#binder tbody tr').count()) === 1, 'o servidor registrado de novo');
    await semDefeitos();
  });

  test('sem a chave, uma resposta perdida dobra a mensagem, e o veredito o diz', async () => {
    await pagina.click('[data-garantia="chave"]');
    await ate(
      async () => (await pagina.getAttribute('[data-garantia="chave"]', 'aria-pressed')) === 'false',
      'a garantia desligada',
    );
    await escolherAlvo('servidor');
    await causar('perder_resposta');
    await ate(async () => (await contagem('dobradas')) > 0, 'uma mensagem dobrada');
    expect(await pagina.getAttribute('[data-contagem="dobradas"]', 'data-mal')).toBe('sim');
    await pagina.click('[data-garantia="chave"]');
  });

  test('uma seta escolhida pelo teclado mostra o que viajou, sem texto nem token', async () => {
    await pagina.focus('#palco');
    await pagina.keyboard.press('ArrowUp');
    for (let i = 0; i < 40; i += 1) {
      if ((await pagina.locator('#titulo-chamada').innerText()) === 'enviar_mensagem') break;
      await pagina.keyboard.press('ArrowUp');
    }
    expect(await pagina.locator('#titulo-chamada').innerText()).toBe('enviar_mensagem');
    const json = await pagina.locator('#chamada pre').innerText();
    expect(json).toContain('"mensagem": "«');
    expect(json).not.toMatch(/Mensagem \d+|"token"/);
  });

  test('o tempo para, anda um passo para trás, e volta ao vivo, só com o teclado', async () => {
    await pagina.focus('#parar');
    await pagina.keyboard.press('Enter');
    expect(await pagina.getAttribute('#parar', 'aria-pressed')).toBe('true');
    await pagina.focus('#passo-atras');
    await pagina.keyboard.press('Enter');
    await pagina.focus('#ao-vivo');
    await pagina.keyboard.press('Enter');
    expect(await pagina.getAttribute('#ao-vivo', 'aria-pressed')).toBe('true');
  });

  test('salva o que se vê como SVG, Mermaid e JSON', async () => {
    for (const [id, nome, comeco] of [
      ['salvar-svg', 'janela.svg', '<svg'],
      ['salvar-mermaid', 'janela.mmd', 'sequenceDiagram'],
      ['salvar-json', 'janela.json', '{'],
    ] as const) {
      const [baixado] = await Promise.all([pagina.waitForEvent('download'), pagina.click(`#${id}`)]);
      expect(baixado.suggestedFilename()).toBe(nome);
      const texto = Buffer.concat(await (await baixado.createReadStream()).toArray()).toString('utf8');
      expect(texto.startsWith(comeco)).toBe(true);
    }
  });

  test('nada de grave para quem usa leitor de tela, no claro e no escuro', async () => {
    await pagina.evaluate(readFileSync(AXE, 'utf8'));
    for (const colorScheme of ['light', 'dark'] as const) {
      await pagina.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const achados = await pagina.evaluate(async () => {
        const { axe } = globalThis as unknown as Axe;
        return (await axe.run()).violations;
      });
      const graves = achados.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(
        graves.map(({ id }) => id),
        colorScheme,
      ).toEqual([]);
    }
  });

  test('nem o console nem a política de conteúdo se queixaram de nada', () => {
    expect(queixas).toEqual([]);
  });
});
