/** Processos de verdade, com dados que somem no fim, e terminais cuja tela se pode ler. */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pty from '@lydell/node-pty';
import headless from '@xterm/headless';

const DIST = join(import.meta.dirname, '..', '..', 'dist');
const PRAZO_MS = 15_000;

/** O que se abriu, desfeito na ordem inversa. */
export class Palco {
  #desfazeres = [];

  async abrirSistema() {
    const dados = mkdtempSync(join(tmpdir(), 'chat-retratos-'));
    this.aoFim(() => rmSync(dados, { recursive: true, force: true }));
    const binder = await this.#servir('binder', []);
    const guardar = ['--dados', join(dados, 'dados'), '--usuarios', join(dados, 'usuarios.json')];
    await this.#servir('server', ['--binder', binder, ...guardar]);
    return binder;
  }

  aoFim(desfazer) {
    this.#desfazeres.push(desfazer);
  }

  /** Um cliente num pseudoterminal. */
  abrirCliente(argumentos, { colunas = 72, fileiras = 18 } = {}) {
    const xterm = new headless.Terminal({ cols: colunas, rows: fileiras, allowProposedApi: true });
    const filho = pty.spawn(process.execPath, [join(DIST, 'cliente', 'main.js'), ...argumentos], {
      cols: colunas,
      rows: fileiras,
      env: { ...semVariaveisDoChat(), TERM: 'xterm-256color', COLORTERM: 'truecolor' },
    });
    filho.onData((dados) => xterm.write(dados));
    this.aoFim(() => filho.kill('SIGKILL'));
    const tela = () => {
      const { active } = xterm.buffer;
      return Array.from({ length: xterm.rows }, (_, y) =>
        active.getLine(active.baseY + y).translateToString(true),
      ).join('\n');
    };
    return {
      xterm,
      digitar: (texto) => filho.write(texto),
      ver: (texto) =>
        ate(
          () => tela().includes(texto),
          () => `"${texto}" não apareceu:\n${tela()}`,
        ),
    };
  }

  async fechar() {
    for (let desfazer = this.#desfazeres.pop(); desfazer; desfazer = this.#desfazeres.pop()) await desfazer();
  }

  async #servir(processo, argumentos) {
    const programa = join(DIST, processo, 'main.js');
    const filho = spawn(process.execPath, [programa, '--porta', '0', ...argumentos], {
      env: semVariaveisDoChat(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const fim = new Promise((resolve) => filho.once('exit', resolve));
    this.aoFim(() => {
      filho.kill('SIGTERM');
      return fim;
    });
    let saida = '';
    filho.stdout.on('data', (pedaco) => {
      saida += pedaco;
    });
    return ate(
      () => /pronto em (http\S+)\n/.exec(saida)?.[1],
      () => `${processo} não ficou pronto`,
    );
  }
}

function semVariaveisDoChat() {
  const servem = Object.entries(process.env).filter(([nome]) => !nome.startsWith('CHAT_') && nome !== 'NO_COLOR');
  return Object.fromEntries(servem);
}

async function ate(condicao, queixa) {
  const fim = performance.now() + PRAZO_MS;
  for (;;) {
    const valor = condicao();
    if (valor) return valor;
    if (performance.now() > fim) throw new Error(queixa());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
