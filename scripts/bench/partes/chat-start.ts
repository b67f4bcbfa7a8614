import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ambienteLimpo } from '../../comum/ambiente.ts';
import { portaLivre } from '../../comum/portas.ts';
import { mainDe } from '../../comum/processos.ts';
import { abrirTerminal } from '../../comum/terminal.ts';
import { type Bancada, type Parte, pastaDaParte } from '../bancada.ts';
import { maior, mediana } from '../medidas/estatistica.ts';
import { valorMaximo } from '../medidas/linhas.ts';

const PRIMEIRA_PERGUNTA = /Digite seu nome/;
const META_MS = 2_000;
const LEVAR = ['package.json', 'package-lock.json', 'tsconfig.json', 'chat_start.sh', 'scripts', 'src', 'dist'];

export const CHAT_START: Parte = {
  nome: 'chat-start',
  descricao: 'chat_start.sh com tudo instalado e construído, até a primeira pergunta',
  medir: async (bancada) => {
    const { pilha, rodadas, linha } = bancada;
    if (!existsSync(mainDe('cliente', bancada.raiz))) throw new Error('falta dist/cliente/main.js');
    if (process.platform === 'win32') throw new Error('chat_start.sh não roda neste sistema');
    const raiz = copiarCheckout(bancada);
    const ambiente = {
      CHAT_PORTA_BINDER: String(await portaLivre()),
      CHAT_PORTA_SERVIDOR: String(await portaLivre()),
    };
    const programa = join(raiz, 'chat_start.sh');
    const parar = () => execFileSync(programa, ['parar'], { cwd: raiz, env: ambienteLimpo(ambiente), stdio: 'ignore' });
    pilha.defer(parar);

    const perguntaMs: number[] = [];
    for (let rodada = -1; rodada < rodadas; rodada += 1) {
      const terminal = pilha.use(abrirTerminal(programa, [], { cwd: raiz, ambiente }));
      const ms = await terminal.chegar(PRIMEIRA_PERGUNTA);
      if (rodada >= 0) perguntaMs.push(ms);
      await terminal.encerrarEmOrdem();
      parar();
    }
    linha({
      medida: 'chat_start.sh até a primeira pergunta',
      valor: mediana(perguntaMs),
      unidade: 'ms',
      pior: maior(perguntaMs),
      meta: valorMaximo(META_MS),
    });
  },
};

/** Numa cópia, para não tocar nos dados nem nos processos de quem usa este checkout. */
function copiarCheckout(bancada: Bancada): string {
  const raiz = pastaDaParte(bancada);
  for (const item of LEVAR) {
    cpSync(join(bancada.raiz, item), join(raiz, item), { recursive: true, preserveTimestamps: true });
  }
  symlinkSync(join(bancada.raiz, 'node_modules'), join(raiz, 'node_modules'), 'dir');
  return raiz;
}
