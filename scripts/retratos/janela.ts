/**
 * Os retratos da janela, tirados de um laboratório de verdade num Chromium. `npm run retratos` os tira de novo em
 * .github/retratos/, ou na pasta que se der; sem um Chromium, diz que não os tirou.
 */

import { join } from 'node:path';
import { setTimeout as pausar } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { abrirNavegador, HA_NAVEGADOR, SEM_NAVEGADOR } from '../comum/navegador.ts';
import { Pilha } from '../comum/pilha.ts';
import { iniciar } from '../comum/processos.ts';
import { RAIZ } from '../comum/raiz.ts';

const DESTINO = process.argv[2] ?? join(RAIZ, '.github', 'retratos');
const TELA = { width: 1280, height: 760 };
/** De um JPEG, de 0 a 100: as letras continuam nítidas, e o arquivo fica pequeno. */
const QUALIDADE = 72;
/** Quanto tempo a figura mostra, e quanto disso deve vir depois do que se quer ver, em ms. */
const FIGURA_MS = 8_000;
const DEPOIS_MS = 2_500;

async function retratar(pagina: Page): Promise<void> {
  const guardar = (nome: string) =>
    pagina.screenshot({ path: join(DESTINO, `janela-${nome}.jpg`), quality: QUALIDADE });
  const causar = (falha: string) => pagina.click(`[data-falha="${falha}"]`);
  const irALicao = async (id: string) => {
    while ((await pagina.getAttribute('#licao', 'data-licao')) !== id) await pagina.click('#licao-seguinte');
  };
  const alcancar = (id: string) => pagina.waitForSelector(`#licao[data-licao="${id}"][data-alcancada="sim"]`);

  await pagina.waitForSelector('[data-contagem="entregues"]');
  await pausar(FIGURA_MS);
  await guardar('conversa');

  await irALicao('chave');
  await causar('perder_resposta');
  await alcancar('chave');
  await pausar(DEPOIS_MS);
  await guardar('resposta-perdida');

  await irALicao('volta');
  await causar('matar');
  await pagina.waitForSelector('#faixas [data-estado="morto"]');
  await pausar(DEPOIS_MS);
  await guardar('servidor-morto');

  await causar('reiniciar');
  await alcancar('volta');
  await irALicao('chave');
  await pagina.click('[data-garantia="chave"]');
  await pausar(FIGURA_MS);
  await causar('perder_resposta');
  await pagina.waitForSelector('[data-contagem="dobradas"][data-mal="sim"]');
  await pausar(DEPOIS_MS);
  await guardar('sem-chave');
}

if (!HA_NAVEGADOR) {
  process.stderr.write(`retratos: os da janela não se tiraram${SEM_NAVEGADOR}\n`);
} else {
  await using pilha = new Pilha();
  const janela = pilha.use(await iniciar('janela', { argumentos: ['--porta', '0', '--laboratorio'] }));
  const { browser } = pilha.use(await abrirNavegador());
  const pagina = await browser.newPage({ viewport: TELA, colorScheme: 'light' });
  await pagina.goto(janela.url);
  await retratar(pagina);
}
