/**
 * O laboratório num navegador de verdade: cada botão age sobre processos de verdade, e a página mostra o que aconteceu.
 * Os testes rodam em ordem sobre o mesmo sistema, como uma pessoa que segue as lições, só com o teclado. O que não
 * precisa de um navegador (o proxy, os leases, a conferência, o desenho, as lições) tem os seus testes de unidade.
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { abrirNavegador, HA_NAVEGADOR, type Navegador, SEM_NAVEGADOR } from '../../../scripts/comum/navegador.ts';
import { iniciar, type Processo } from '../../../scripts/comum/processos.ts';
import { HA_REDIS, SEM_REDIS } from '../../../scripts/comum/redis.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** O contrato da página: o que ela traz, somado. */
const MAXIMO_DA_PAGINA_BYTES = 100 * 1024;
/** Só para que um teste errado acabe: numa máquina ocupada, um processo leva dezenas de segundos a voltar. */
const PRAZO_MS = 240_000;

/** Dois servidores dividem um Redis; sem ele, o laboratório tem um só. */
const SERVIDORES = HA_REDIS ? ['servidor-1', 'servidor-2'] : ['servidor'];
const [PRIMEIRO = ''] = SERVIDORES;
const ULTIMO = SERVIDORES.at(-1) ?? '';

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
      iniciar('janela', { argumentos: ['--porta', '0', '--laboratorio', '--servidores', `${SERVIDORES.length}`] }),
      abrirNavegador(),
    ]);
    pagina = await navegador.browser.newPage({
      viewport: { width: 1024, height: 768 },
      // Deslizar a 60 quadros por segundo, sem placa de vídeo, ocuparia um núcleo inteiro.
      reducedMotion: 'reduce',
    });
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
  const apertar = async (botao: string) => {
    await pagina.focus(botao);
    await pagina.keyboard.press('Enter');
  };
  const causar = async (falha: string, ...alvos: readonly string[]) => {
    for (const alvo of alvos) {
      await pagina.selectOption('#falhas select', alvo);
      await apertar(`[data-falha="${falha}"]`);
    }
  };
  const estar = (faixa: string, estado: string) =>
    pagina.locator(`#faixas li[data-estado="${estado}"]`, { hasText: faixa }).waitFor({ timeout: PRAZO_MS });
  const mudarGarantia = async (garantia: string, ligada: boolean) => {
    await apertar(`[data-garantia="${garantia}"]`);
    await pagina.waitForSelector(`[data-garantia="${garantia}"][aria-pressed="${ligada}"]`);
  };
  const irALicao = async (id: string) => {
    for (let i = 0; i < 8 && (await pagina.getAttribute('#licao', 'data-licao')) !== id; i += 1) {
      await apertar('#licao-seguinte');
    }
    expect(await pagina.getAttribute('#licao', 'data-licao')).toBe(id);
  };
  const alcancar = (id: string) =>
    pagina.waitForSelector(`#licao[data-licao="${id}"][data-alcancada="sim"]`, { timeout: PRAZO_MS });
  const confirmarMais = async () => {
    const antes = await contagem('confirmadas');
    await ate(async () => (await contagem('confirmadas')) > antes, 'outra mensagem confirmada');
  };
  const semDefeitos = async () => {
    for (const defeito of ['perdidas', 'dobradas', 'fora_de_ordem', 'vazadas']) {
      expect(await contagem(defeito), defeito).toBe(0);
    }
    expect(await pagina.locator('.sentenca').getAttribute('data-mal')).toBe('nao');
  };
  const baixar = async (id: string) => {
    const [baixado] = await Promise.all([pagina.waitForEvent('download'), apertar(`#${id}`)]);
    const texto = Buffer.concat(await (await baixado.createReadStream()).toArray()).toString('utf8');
    return { nome: baixado.suggestedFilename(), texto };
  };
  /** Todos os robôs conversam de novo: cada um tem uma mensagem confirmada que começou a enviar só agora. */
  const cadaRoboConfirmar = async () => {
    const desdeMs = Date.now();
    const confirmou = async () => {
      const { chamadas, faixas } = JSON.parse((await baixar('salvar-json')).texto) as {
        chamadas: { de?: string; procedimento: string; desfecho?: string; inicioMs: number }[];
        faixas: { id: string; papel: string }[];
      };
      const depois = chamadas.filter(
        ({ procedimento, desfecho, inicioMs }) =>
          procedimento === 'enviar_mensagem' && desfecho === 'ok' && inicioMs > desdeMs,
      );
      return faixas.filter(({ papel }) => papel === 'cliente').every(({ id }) => depois.some(({ de }) => de === id));
    };
    await ate(confirmou, 'uma mensagem confirmada de cada robô', PRAZO_MS);
  };
  const prazosNaTabela = () => pagina.locator('#binder tbody td:last-child').allInnerTexts();

  test('mostra os robôs, o binder e os servidores conversando, e a tabela do binder', async () => {
    await ate(async () => (await contagem('entregues')) >= 6, 'seis entregas');
    // A contagem, as faixas e a tabela chegam à página cada uma por si: nenhuma espera pelas outras.
    await expect
      .poll(() => pagina.locator('#faixas strong').allInnerTexts())
      .toEqual(['robo-1', 'robo-2', 'robo-3', 'binder', ...SERVIDORES]);
    await expect.poll(prazosNaTabela).toHaveLength(SERVIDORES.length);
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
    await causar('perder_resposta', ...SERVIDORES);
    await alcancar('chave');
    await semDefeitos();
    const { chamadas } = JSON.parse((await baixar('salvar-json')).texto) as {
      chamadas: { id: string; falta?: string; repete?: string; desfecho?: string }[];
    };
    const repetida = chamadas.find(({ repete }) => repete !== undefined);
    expect(repetida?.desfecho).toBe('ok');
    expect(chamadas.find(({ id }) => id === repetida?.repete)?.falta).toBeTypeOf('string');
  });

  test('o que alcançou uma lição se acha de novo: a figura para nela, e a chamada se mostra inteira sem rolar', async () => {
    await pagina.setViewportSize({ width: 1280, height: 800 });
    await irALicao('volta');
    await irALicao('chave');
    await apertar('#mostrar-prova');
    expect(await pagina.getAttribute('#parar', 'aria-pressed')).toBe('true');
    expect(await pagina.locator('#titulo-chamada').innerText()).toBe('enviar_mensagem');
    const detalhe = await pagina.locator('#chamada').boundingBox();
    expect((detalhe?.y ?? 0) + (detalhe?.height ?? 0)).toBeLessThanOrEqual(800);
    const chave = await pagina.locator('#chamada dt:text-is("chave") + dd').innerText();
    expect(await pagina.locator('#chamada pre').innerText()).toContain(`"chave": "${chave}"`);
    await apertar('#ao-vivo');
  });

  test('um pedido entregue duas vezes grava uma mensagem só', async () => {
    await causar('duplicar_pedido', ...SERVIDORES);
    await confirmarMais();
    await confirmarMais();
    await semDefeitos();
  });

  test('um atraso não muda a ordem de ninguém', async () => {
    await irALicao('ordem');
    await causar('atrasar', 'robo-2');
    await alcancar('ordem');
    await semDefeitos();
  });

  test('um lease que se deixa vencer tira o endpoint da tabela, e o servidor se registra de novo', async () => {
    await irALicao('lease');
    await causar('vencer_lease', ULTIMO);
    await alcancar('lease');
    await ate(async () => (await prazosNaTabela()).length === SERVIDORES.length, 'o endpoint de volta');
    await semDefeitos();
  });

  test('sem a espera, os robôs perguntam a toda hora', async () => {
    const medido = (jeito: 'com' | 'sem') =>
      pagina
        .locator('#ritmos dt', { hasText: `${jeito} a espera` })
        .locator('+ dd', { hasText: /^\d+ por minuto, \d+ % vazias$/ })
        .waitFor({ timeout: PRAZO_MS });
    await irALicao('espera');
    await medido('com');
    await mudarGarantia('espera', false);
    await alcancar('espera');
    await medido('sem');
    await mudarGarantia('espera', true);
    await semDefeitos();
  });

  test('com a rede de um robô cortada, os outros seguem; religada, ele recebe o que perdeu', async () => {
    await causar('cortar', 'robo-1');
    await pagina.waitForSelector('[data-falha="cortar"][data-dica="A rede já está cortada."]');
    await confirmarMais();
    await causar('religar', 'robo-1');
    await pagina.waitForSelector('[data-falha="religar"][data-dica="A rede não está cortada."]');
    await confirmarMais();
    await semDefeitos();
  });

  test('um servidor congelado aparece como tal, e depois a conversa segue', async () => {
    await causar('congelar', PRIMEIRO);
    await estar(PRIMEIRO, 'congelado');
    await causar('descongelar', PRIMEIRO);
    await estar(PRIMEIRO, 'vivo');
    await confirmarMais();
    await semDefeitos();
  });

  test.skipIf(!HA_REDIS)(`de dois servidores, um morre e o outro segue sozinho${SEM_REDIS}`, async () => {
    await irALicao('dois');
    await causar('matar', PRIMEIRO);
    await alcancar('dois');
    await causar('reiniciar', PRIMEIRO);
    await estar(PRIMEIRO, 'vivo');
    await semDefeitos();
  });

  test('um servidor morto deixa a faixa cinza; reiniciado, nada se perdeu', async () => {
    await irALicao('volta');
    await causar('matar', ULTIMO);
    await estar(ULTIMO, 'morto');
    // O que não faria nada num morto continua ao alcance do teclado, e diz por quê.
    await pagina.waitForSelector('[data-falha="matar"][aria-disabled="true"]');
    await pagina.focus('[data-falha="congelar"]');
    expect(await pagina.getAttribute('[data-falha="congelar"]', 'aria-describedby')).toBe('dica');
    expect(await pagina.locator('#dica').innerText()).toBe('Está morto: reinicie-o antes.');
    await apertar('[data-falha="congelar"]');
    expect(await pagina.locator('#aviso').innerText()).toBe(`${ULTIMO}: Está morto: reinicie-o antes.`);
    expect(await pagina.getAttribute('[data-falha="reiniciar"]', 'aria-disabled')).toBeNull();
    await causar('reiniciar', ULTIMO);
    await alcancar('volta');
    await semDefeitos();
  });

  test('quem não encontra o servidor pergunta ao binder e segue a resposta', async () => {
    await irALicao('lookup');
    await causar('reiniciar', ...SERVIDORES);
    await alcancar('lookup');
    for (const servidor of SERVIDORES) await estar(servidor, 'vivo');
    await ate(async () => (await prazosNaTabela()).length === SERVIDORES.length, 'os servidores registrados de novo');
    // Quem ainda não voltou precisa do binder, que a lição seguinte mata.
    await cadaRoboConfirmar();
    await semDefeitos();
  });

  test('o binder morre e a conversa continua', async () => {
    await irALicao('binder');
    await causar('matar', 'binder');
    await alcancar('binder');
    await pagina.locator('#binder .nota', { hasText: 'última tabela' }).waitFor();
    const ultimos = await prazosNaTabela();
    await confirmarMais();
    expect(await prazosNaTabela()).toEqual(ultimos);
    await causar('reiniciar', 'binder');
    await pagina.waitForSelector('#binder[data-binder="vivo"]');
    await ate(async () => (await prazosNaTabela()).length === SERVIDORES.length, 'os servidores registrados de novo');
    await semDefeitos();
  });

  test('sem o lease, um servidor morto fica na tabela; com ele de novo, o registro volta a ter prazo', async () => {
    await mudarGarantia('lease', false);
    const semPrazo = async () => (await prazosNaTabela()).filter((prazo) => prazo === 'sem prazo').length;
    await ate(async () => (await semPrazo()) === SERVIDORES.length, 'registros sem prazo');
    await causar('matar', ULTIMO);
    await estar(ULTIMO, 'morto');
    expect(await prazosNaTabela()).toEqual(SERVIDORES.map(() => 'sem prazo'));
    await mudarGarantia('lease', true);
    await ate(async () => (await prazosNaTabela()).every((prazo) => /^\d+ s$/.test(prazo)), 'registros com prazo');
    await causar('reiniciar', ULTIMO);
    await estar(ULTIMO, 'vivo');
    await semDefeitos();
  });

  test('sem a chave, uma resposta perdida dobra a mensagem; sem o cursor, cada leitura dobra o que já se leu', async () => {
    await mudarGarantia('chave', false);
    await causar('perder_resposta', ...SERVIDORES);
    await ate(async () => (await contagem('dobradas')) > 0, 'uma mensagem dobrada');
    expect(await pagina.getAttribute('[data-contagem="dobradas"]', 'data-mal')).toBe('sim');
    expect(await pagina.locator('.sentenca').innerText()).toMatch(/^✕ \d+ dobradas/);
    await mudarGarantia('chave', true);
    const dobradas = await contagem('dobradas');
    await mudarGarantia('cursor', false);
    await ate(async () => (await contagem('dobradas')) > dobradas + 10, 'mensagens lidas outra vez');
    await mudarGarantia('cursor', true);
  });

  test('zerado, o veredito vermelho de uma experiência não fica para a seguinte; uma lição nova também o zera', async () => {
    const sentenca = (mal: 'sim' | 'nao') => pagina.waitForSelector(`.sentenca[data-mal="${mal}"]`);
    await sentenca('sim');
    // Uma leitura sem o cursor que ainda estivesse a caminho dobraria mais algumas: depois dela, nada.
    await ate(async () => {
      await apertar('#zerar-veredito');
      await confirmarMais();
      return (await contagem('dobradas')) === 0;
    }, 'um veredito zerado que fica limpo');
    await semDefeitos();
    await irALicao('chave');
    await ate(async () => (await contagem('enviadas')) < 5, 'um veredito que a lição nova zerou');
  });

  test('uma palavra que não se conhece se explica com o teclado, e Esc fecha a explicação', async () => {
    await pagina.focus('#licao .termo');
    expect(await pagina.locator('#dica').innerText()).toMatch(/idempotency key/);
    await pagina.keyboard.press('Escape');
    expect(await pagina.locator('#dica').isVisible()).toBe(false);
  });

  test('as lições feitas se lembram depois de recarregar, até que se recomecem', async () => {
    const feitas = () => pagina.locator('#licao [data-feita="sim"]').count();
    const antes = await feitas();
    expect(antes).toBeGreaterThanOrEqual(7);
    await pagina.reload();
    await pagina.waitForSelector('#licao [data-feita="sim"]');
    expect(await feitas()).toBe(antes);
    await apertar('#recomecar-licoes');
    expect(await feitas()).toBe(0);
    await ate(async () => (await contagem('entregues')) > 0, 'o veredito de novo');
  });

  test('parada logo que a página abre, a figura mostra o que acabou de acontecer', async () => {
    await confirmarMais();
    await pagina.reload();
    await apertar('#parar');
    const chamadas = async () => (JSON.parse((await baixar('salvar-json')).texto) as { chamadas: unknown[] }).chamadas;
    await ate(async () => (await chamadas()).length > 0, 'as chamadas dos últimos segundos');
  });

  test('uma seta escolhida pelo teclado mostra o que viajou, sem texto nem token', async () => {
    await apertar('#ao-vivo');
    await confirmarMais();
    await apertar('#parar');
    await pagina.focus('#palco');
    const escolhida = () => pagina.locator('#titulo-chamada').innerText();
    for (let i = 0; i < 100 && (await escolhida()) !== 'enviar_mensagem'; i += 1) {
      await pagina.keyboard.press('ArrowUp');
    }
    expect(await escolhida()).toBe('enviar_mensagem');
    const json = await pagina.locator('#chamada pre').innerText();
    expect(json).toContain('"mensagem": "«');
    expect(json).not.toMatch(/Mensagem \d+|"token"/);
  });

  test('o tempo para, anda um passo para trás, e volta ao vivo, só com o teclado', async () => {
    await apertar('#parar');
    expect(await pagina.getAttribute('#parar', 'aria-pressed')).toBe('true');
    const regua = () => pagina.inputValue('#regua');
    await ate(async () => (await regua()) !== '', 'a régua');
    await pagina.focus('#regua');
    await pagina.keyboard.press('Home');
    expect(await regua()).toBe('0');
    await apertar('#passo-adiante');
    await apertar('#passo-atras');
    await apertar('#lento');
    expect(await pagina.getAttribute('#lento', 'aria-pressed')).toBe('true');
    await apertar('#ao-vivo');
    expect(await pagina.getAttribute('#ao-vivo', 'aria-pressed')).toBe('true');
  });

  test('salva o que se vê como SVG, Mermaid e JSON', async () => {
    for (const [id, nome, comeco] of [
      ['salvar-svg', 'janela.svg', '<svg'],
      ['salvar-mermaid', 'janela.mmd', 'sequenceDiagram'],
      ['salvar-json', 'janela.json', '{'],
    ] as const) {
      const baixado = await baixar(id);
      expect(baixado.nome).toBe(nome);
      expect(baixado.texto.startsWith(comeco)).toBe(true);
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
