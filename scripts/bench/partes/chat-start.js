import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { maior, mediana } from '../estatistica.js';
import { valorMaximo } from '../linhas.js';
import { portaLivre } from '../portas.js';
import { ambienteLimpo, mainDe, pastaTemporaria, RAIZ } from '../processos.js';
import { abrirTerminal, PRIMEIRA_PERGUNTA } from '../terminais.js';

const META_MS = 2_000;
const LEVAR = ['package.json', 'package-lock.json', 'tsconfig.json', 'chat_start.sh', 'scripts', 'src', 'dist'];

export const CHAT_START = {
  nome: 'chat-start',
  descricao: 'chat_start.sh com tudo instalado e construído, até a primeira pergunta',
  medir: async ({ abertos, rodadas, linha }) => {
    if (!existsSync(join(RAIZ, 'scripts', 'iniciar.js')) || !existsSync(mainDe('cliente'))) {
      throw new Error('falta scripts/iniciar.js ou dist/cliente/main.js');
    }
    if (process.platform === 'win32') throw new Error('chat_start.sh não roda neste sistema');
    const raiz = copiarCheckout(abertos);
    const ambiente = {
      CHAT_PORTA_BINDER: String(await portaLivre()),
      CHAT_PORTA_SERVIDOR: String(await portaLivre()),
    };
    const programa = join(raiz, 'chat_start.sh');
    const parar = () => execFileSync(programa, ['parar'], { cwd: raiz, env: ambienteLimpo(ambiente), stdio: 'ignore' });
    abertos.add(parar);

    const perguntaMs = [];
    for (let rodada = -1; rodada < rodadas; rodada += 1) {
      const terminal = await abrirTerminal(abertos, programa, [], { cwd: raiz, ambiente });
      const ms = await terminal.esperarPor(PRIMEIRA_PERGUNTA);
      if (rodada >= 0) perguntaMs.push(ms);
      await terminal.encerrar();
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
function copiarCheckout(abertos) {
  const raiz = pastaTemporaria(abertos);
  for (const item of LEVAR) {
    cpSync(join(RAIZ, item), join(raiz, item), { recursive: true, preserveTimestamps: true });
  }
  symlinkSync(join(RAIZ, 'node_modules'), join(raiz, 'node_modules'), 'dir');
  return raiz;
}
