import { spawnSync } from 'node:child_process';
import { setTimeout as pausar } from 'node:timers/promises';
import type { Mensagem } from '../../../src/contract/chat.ts';
import { cpuMs } from '../../comum/consumo.ts';
import { mainDe } from '../../comum/processos.ts';
import { abrirTerminal } from '../../comum/terminal.ts';
import { abrirSistema, type Parte, pastaDaParte } from '../bancada.ts';
import { povoarSala, registrarUsuario } from '../chamadas/chamadas.ts';
import { enviarNoRitmo, fonteDeEnvios } from '../chamadas/envios.ts';
import { Conexao } from '../chamadas/http.ts';
import { maior, mediana } from '../medidas/estatistica.ts';
import { valorMaximo } from '../medidas/linhas.ts';

const PRIMEIRA_PERGUNTA = /Digite seu nome/;
const SALA = 'geral';
const MENSAGENS_POR_SEGUNDO = 50;
const DURACAO_S = 20;
const AQUECIMENTO = 25;
const META_DA_PARTIDA_MS = 500;
/** Numa máquina lenta, ou ocupada, o que se compara é com o Node sozinho, que nunca pode partir mais depressa. */
const META_DA_RAZAO = 4.2;
const META_DA_CPU = 15;
const ASSENTAR_MS = 1_000;

export const CLIENTE: Parte = {
  nome: 'cliente',
  descricao: 'o cliente de terminal: início até a primeira pergunta; CPU com 50 mensagens por segundo',
  medir: async (bancada) => {
    const { pilha, raiz, rodadas, linha, conferencia } = bancada;
    const { binder, servidor } = await abrirSistema(bancada);
    const abrir = (...extras: readonly string[]) => {
      const argumentos = [mainDe('cliente', raiz), '--binder', binder.url, ...extras];
      // Um estado só seu: este cliente não volta como o da rodada de antes.
      const ambiente = { XDG_STATE_HOME: pastaDaParte(bancada) };
      return pilha.use(abrirTerminal(process.execPath, argumentos, { ambiente, colunas: 100, fileiras: 40 }));
    };

    const perguntaMs: number[] = [];
    const razoes: number[] = [];
    for (let rodada = -1; rodada < rodadas; rodada += 1) {
      const nuMs = partirNodeNu();
      const terminal = abrir();
      const ms = await terminal.chegar(PRIMEIRA_PERGUNTA);
      if (rodada >= 0) perguntaMs.push(ms);
      if (rodada >= 0) razoes.push(ms / nuMs);
      await terminal.encerrarEmOrdem();
    }
    linha({
      medida: 'cliente: início até a primeira pergunta',
      valor: mediana(perguntaMs),
      unidade: 'ms',
      pior: maior(perguntaMs),
      meta: valorMaximo(META_DA_PARTIDA_MS),
    });

    linha({
      medida: 'cliente: início até a primeira pergunta, em vezes `node -e 0`',
      valor: mediana(razoes),
      unidade: '×',
      pior: maior(razoes),
      meta: valorMaximo(META_DA_RAZAO),
    });

    const autor = await registrarUsuario(servidor.porta, 'autor');
    await povoarSala(servidor.porta, SALA, [autor]);
    const terminal = abrir('--nome', 'leitora', '--sala', SALA);
    await terminal.chegar(/leitora entrou na sala/);
    const conexao = await Conexao.abrir(servidor.porta);
    pilha.defer(() => conexao.fechar());
    const fonte = fonteDeEnvios(autor, SALA);
    const transmitir = (quantas: number) =>
      enviarNoRitmo(conexao, fonte, { quantas, porSegundo: MENSAGENS_POR_SEGUNDO });

    await transmitir(AQUECIMENTO);
    const [cpuAntes, desdeMs] = [cpuMs(terminal.pid), performance.now()];
    const enviadas = await transmitir(DURACAO_S * MENSAGENS_POR_SEGUNDO);
    const cpu = ((cpuMs(terminal.pid) - cpuAntes) / (performance.now() - desdeMs)) * 100;
    await pausar(ASSENTAR_MS);
    linha({
      medida: 'cliente: CPU com 50 mensagens por segundo',
      valor: cpu,
      unidade: '%',
      meta: valorMaximo(META_DA_CPU),
    });
    conferencia(enviadas.length, enviadas.length, conferirTela(terminal.bytes(), enviadas));
    await terminal.encerrarEmOrdem();
  },
};

/** @returns ms que o Node leva a partir e acabar sem fazer nada */
function partirNodeNu(): number {
  const inicioMs = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - inicioMs;
}

/** Cada mensagem tem um número que é só dela; a linha do prompt nunca o repete. */
function conferirTela(tela: string, enviadas: readonly Mensagem[]): string[] {
  const defeitos: string[] = [];
  let onde = 0;
  for (const { conteudo } of enviadas) {
    const marca = conteudo.slice(0, conteudo.indexOf(':'));
    const achada = tela.indexOf(marca, onde);
    if (achada < 0) defeitos.push(`a tela não mostrou "${marca}", ou não na ordem`);
    else onde = achada;
  }
  return defeitos;
}
