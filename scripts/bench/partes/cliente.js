import { existsSync } from 'node:fs';
import { setTimeout as pausar } from 'node:timers/promises';
import { povoarSala, registrarUsuarios, resultadoDe } from '../chamadas.js';
import { cpuMs } from '../consumo.js';
import { fonteDeEnvios } from '../envios.js';
import { maior, mediana } from '../estatistica.js';
import { Conexao } from '../http.js';
import { valorMaximo } from '../linhas.js';
import { iniciarSistema, mainDe } from '../processos.js';
import { abrirTerminal, PRIMEIRA_PERGUNTA } from '../terminais.js';

const SALA = 'geral';
const MENSAGENS_POR_SEGUNDO = 50;
const DURACAO_S = 6;
const AQUECIMENTO = 25;
const META_DA_PARTIDA_MS = 500;
const META_DA_CPU = 15;
const ASSENTAR_MS = 1_000;

export const CLIENTE = {
  nome: 'cliente',
  descricao: 'o cliente de terminal: início até a primeira pergunta; CPU com 50 mensagens por segundo',
  medir: async ({ abertos, rodadas, linha, conferencia }) => {
    if (!existsSync(mainDe('cliente'))) throw new Error('falta dist/cliente/main.js');
    const { binder, servidor } = await iniciarSistema(abertos);
    const abrir = (...extras) =>
      abrirTerminal(abertos, process.execPath, [mainDe('cliente'), '--binder', binder.url, ...extras]);

    const perguntaMs = [];
    for (let rodada = -1; rodada < rodadas; rodada += 1) {
      const terminal = await abrir();
      const ms = await terminal.esperarPor(PRIMEIRA_PERGUNTA);
      if (rodada >= 0) perguntaMs.push(ms);
      await terminal.encerrar();
    }
    linha({
      medida: 'cliente: início até a primeira pergunta',
      valor: mediana(perguntaMs),
      unidade: 'ms',
      pior: maior(perguntaMs),
      meta: valorMaximo(META_DA_PARTIDA_MS),
    });

    const [autor] = await registrarUsuarios(servidor.porta, 'autor', 1);
    await povoarSala(servidor.porta, SALA, [autor]);
    const terminal = await abrir('--nome', 'leitora', '--sala', SALA);
    await terminal.esperarPor(/leitora entrou na sala/);
    const conexao = await Conexao.abrir(servidor.porta);
    abertos.add(() => conexao.fechar());
    const { proximo } = fonteDeEnvios(autor, SALA);

    async function transmitir(quantas) {
      const enviadas = [];
      const desdeMs = performance.now();
      for (let numero = 0; numero < quantas; numero += 1) {
        await pausar(Math.max(0, desdeMs + (numero * 1000) / MENSAGENS_POR_SEGUNDO - performance.now()));
        enviadas.push(resultadoDe(await conexao.chamar(proximo())));
      }
      return enviadas;
    }

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
    conferencia(enviadas.length, enviadas.length, conferirTela(terminal.saida(), enviadas));
    await terminal.encerrar();
  },
};

/** Cada mensagem tem um número que é só dela; a linha do prompt nunca o repete. */
function conferirTela(tela, enviadas) {
  const defeitos = [];
  let onde = 0;
  for (const { conteudo } of enviadas) {
    const marca = conteudo.slice(0, conteudo.indexOf(':'));
    const achada = tela.indexOf(marca, onde);
    if (achada < 0) defeitos.push(`a tela não mostrou "${marca}", ou não na ordem`);
    else onde = achada;
  }
  return defeitos;
}
