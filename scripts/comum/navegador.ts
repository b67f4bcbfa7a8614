/** Um Chromium de verdade, sem tela; onde não há nenhum, os testes que o pedem são pulados e dizem por quê. */

import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const LUGARES = [
  process.env['CHAT_CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const CHROMIUM = LUGARES.find((caminho) => caminho !== '' && existsSync(caminho));

export const HA_NAVEGADOR = CHROMIUM !== undefined;
/** O que o nome de um teste pulado diz. */
export const SEM_NAVEGADOR = HA_NAVEGADOR ? '' : ' (pulado: não há Chromium nesta máquina; CHAT_CHROMIUM diz onde)';

/** Sem a rede de fora, que uma máquina de testes não tem, e sem o processo da placa de vídeo. */
const ARGUMENTOS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Navegador extends AsyncDisposable {
  readonly browser: Browser;
}

export async function abrirNavegador(): Promise<Navegador> {
  const browser = await chromium.launch({ executablePath: CHROMIUM as string, args: ARGUMENTOS });
  return { browser, [Symbol.asyncDispose]: () => browser.close() };
}
