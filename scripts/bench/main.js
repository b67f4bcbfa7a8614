/**
 * O bench: `npm run bench` roda todas as partes e mostra a tabela; `npm run bench -- NOME` roda uma.
 * Este processo só conduz. Cada parte roda num processo de carga só dela, que inicia os processos medidos.
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lerOpcoes } from './opcoes.js';
import { PARTES } from './partes/todas.js';
import { Abertos, mainDe, pastaTemporaria } from './processos.js';
import { emJson, montarTabela } from './tabela.js';

const STATUS_DE_FALHA = 1;
const STATUS_DE_USO_ERRADO = 2;

const abertos = new Abertos();
const avisar = (texto) => process.stderr.write(`${texto}\n`);

/** O que uma parte contou. */
function criarRelato() {
  return { linhas: [], confirmadas: 0, entregas: 0, defeitos: [], falha: undefined };
}

async function rodarParte(parte, opcoes, pastaComum, atual) {
  const relato = criarRelato();
  const filho = fork(join(import.meta.dirname, 'carga.js'), [parte.nome], {
    env: { ...process.env, BENCH: JSON.stringify({ ...opcoes, pastaComum }), BENCH_PERFIL: opcoes.perfil ?? '' },
  });
  atual.filho = filho;
  filho.on('message', ({ linha, conferencia, falha }) => {
    if (linha) {
      relato.linhas.push(linha);
      if (opcoes.json) process.stdout.write(`${emJson(parte.nome, linha)}\n`);
    }
    if (conferencia) {
      relato.confirmadas += conferencia.confirmadas;
      relato.entregas += conferencia.entregas;
      relato.defeitos.push(...conferencia.defeitos);
    }
    relato.falha ??= falha;
  });
  const [status, sinal] = await once(filho, 'exit');
  atual.filho = undefined;
  if (status !== 0) relato.falha ??= `terminou com ${status ?? sinal}`;
  return relato;
}

/** Ctrl+C chega também à carga, que desfaz o que abriu; o que vem de fora é repassado. */
function encerrarComSinais(atual) {
  for (const sinal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(sinal, () => {
      atual.interrompido = true;
      atual.filho?.kill('SIGTERM');
    });
  }
}

async function rodarPartes(partes, opcoes) {
  const atual = {};
  encerrarComSinais(atual);
  const pastaComum = pastaTemporaria(abertos);
  const relatos = new Map();
  for (const parte of partes) {
    if (atual.interrompido) break;
    const desdeMs = performance.now();
    avisar(`${parte.nome}: ${parte.descricao}…`);
    const relato = await rodarParte(parte, opcoes, pastaComum, atual);
    if (atual.interrompido) break;
    if (relato.falha) avisar(`  ${parte.nome} não foi medida: ${relato.falha}`);
    avisar(`  ${((performance.now() - desdeMs) / 1000).toFixed(1)} s`);
    relatos.set(parte.nome, relato);
  }
  return { relatos, interrompido: atual.interrompido === true };
}

/** @returns se nada se perdeu e nada falhou */
function concluir(relatos, opcoes) {
  const todos = [...relatos.values()];
  if (!opcoes.json) {
    process.stdout.write(`${montarTabela(new Map([...relatos].map(([nome, { linhas }]) => [nome, linhas])))}\n`);
  }
  const confirmadas = todos.reduce((soma, relato) => soma + relato.confirmadas, 0);
  const entregas = todos.reduce((soma, relato) => soma + relato.entregas, 0);
  const defeitos = todos.flatMap((relato) => relato.defeitos);
  if (opcoes.json) {
    process.stdout.write(`${JSON.stringify({ parte: 'conferência', confirmadas, entregas, defeitos })}\n`);
  } else {
    process.stdout.write(
      `\nConferência: ${confirmadas.toLocaleString('pt-BR')} mensagens confirmadas, ` +
        `${entregas.toLocaleString('pt-BR')} entregas conferidas, ${defeitos.length} defeitos.\n`,
    );
  }
  for (const defeito of defeitos.slice(0, 20)) avisar(`  ${defeito}`);
  return defeitos.length === 0 && todos.every(({ falha }) => falha === undefined);
}

async function executar() {
  const opcoes = lerOpcoes(process.argv.slice(2), PARTES);
  if (opcoes.erro) {
    avisar(`bench: ${opcoes.erro}`);
    return STATUS_DE_USO_ERRADO;
  }
  if (opcoes.texto) {
    process.stdout.write(`${opcoes.texto}\n`);
    return 0;
  }
  if (!existsSync(mainDe('server'))) {
    avisar('bench: falta dist/; rode antes npm run build');
    return STATUS_DE_FALHA;
  }
  try {
    const { relatos, interrompido } = await rodarPartes(opcoes.partes, opcoes);
    if (interrompido) return STATUS_DE_FALHA;
    return concluir(relatos, opcoes) ? 0 : STATUS_DE_FALHA;
  } finally {
    await abertos.close();
  }
}

process.exitCode = await executar();
