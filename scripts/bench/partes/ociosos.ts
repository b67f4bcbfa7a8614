import { execFileSync } from 'node:child_process';
import { setTimeout as pausar } from 'node:timers/promises';
import { cpuMs, memoriaBytes } from '../../comum/consumo.ts';
import { abrirSistema, type Bancada, type Parte, pastaDaParte } from '../bancada.ts';
import { ultimoIdDe } from '../chamadas/chamadas.ts';
import { montarChamada } from '../chamadas/http.ts';
import { usuarioDe, usuariosDe } from '../chamadas/identidades.ts';
import { Ouvintes } from '../chamadas/ouvintes.ts';
import { fonteFixa, medirVazao } from '../chamadas/vazao.ts';
import { valorMaximo } from '../medidas/linhas.ts';
import { semear } from '../semeadura.ts';

const USUARIOS_POR_SALA = 50;
const ASSENTAR_MS = 1_500;
const AQUECIMENTO_MS = 2_000;
const CONEXOES_DE_AQUECIMENTO = 32;
/** Além das esperas: as de preparação, e os arquivos que um processo sempre tem. */
const FOLGA = 200;
const KB = 1_000;

interface Ociosos {
  readonly salas: number;
  readonly esperarMs: number;
  /** A parte de um núcleo que o servidor pode gastar, em %. */
  readonly cpuMaxima: number;
}

export const OCIOSOS: Parte = {
  nome: 'ociosos',
  descricao: 'quem espera sem que nada chegue: 5.000 que esperam 25 s, 20.000 que esperam 50 s; CPU e memória',
  medir: async (bancada) => {
    await medirOciosos(bancada, { salas: 100, esperarMs: 25_000, cpuMaxima: 5 });
    await medirOciosos(bancada, { salas: 400, esperarMs: 50_000, cpuMaxima: 8 });
  },
};

async function medirOciosos(bancada: Bancada, { salas: pedidas, esperarMs, cpuMaxima }: Ociosos): Promise<void> {
  const { pilha, linha } = bancada;
  const cabem = Math.floor((maximoDeArquivos() - FOLGA) / USUARIOS_POR_SALA);
  if (cabem < pedidas) process.stderr.write(`  o sistema só deixa ${cabem} salas das ${pedidas} (ulimit -Hn)\n`);
  const quantas = Math.min(pedidas, cabem);
  const quantos = quantas * USUARIOS_POR_SALA;
  const titulo = `${quantos.toLocaleString('pt-BR')} que esperam`;
  const pasta = pastaDaParte(bancada);
  const salas = Array.from({ length: quantas }, (_, indice) => ({
    nome: `sala ${indice}`,
    prefixo: `u${indice}.`,
    usuarios: USUARIOS_POR_SALA,
    mensagens: 1,
  }));
  await semear(bancada, { pasta, salas });
  // Abrir tantas conexões pode levar mais que o prazo de ausência.
  const argumentos = ['--conexoes', String(quantos + FOLGA), '--usuario-ausente', '600'];
  const { servidor } = await abrirSistema(bancada, pasta, { argumentos });
  const { porta, pid } = servidor;

  // O que um processo aquecido ocupa não é dos que esperam.
  const um = usuarioDe('u0.', 0);
  const chamada = montarChamada('receber_mensagens', { nomeUsuario: um.nome, salaAtual: 'sala 0' }, um.token);
  const fontes = Array.from({ length: CONEXOES_DE_AQUECIMENTO }, () => fonteFixa(chamada));
  await medirVazao(porta, { fontes, duracaoMs: AQUECIMENTO_MS });
  await pausar(ASSENTAR_MS);
  const memoriaAntes = memoriaBytes(pid);

  const ouvintes: Ouvintes[] = [];
  for (const { nome: sala, prefixo } of salas) {
    const usuarios = usuariosDe(prefixo, USUARIOS_POR_SALA);
    const desde = await ultimoIdDe(porta, usuarioDe(prefixo, 0), sala);
    const daSala = await Ouvintes.abrir({ porta, usuarios, sala, desde, esperarMs });
    pilha.defer(() => daSala.fechar());
    ouvintes.push(daSala);
  }
  await pausar(ASSENTAR_MS);
  const memoriaCheia = memoriaBytes(pid);
  const [cpuAntes, desdeMs] = [cpuMs(pid), performance.now()];
  // Uma volta inteira: as esperas acabam e recomeçam dentro dela.
  await pausar(esperarMs + 1_000);
  const cpu = ((cpuMs(pid) - cpuAntes) / (performance.now() - desdeMs)) * 100;
  const memoriaNoFim = Math.max(memoriaCheia, memoriaBytes(pid));
  // Já: as portas desta máquina são poucas para esta medida e a seguinte.
  for (const daSala of ouvintes) daSala.fechar();

  linha({ medida: `${titulo}: CPU do servidor`, valor: cpu, unidade: '%', meta: valorMaximo(cpuMaxima) });
  linha({
    medida: `${titulo}: memória por usuário`,
    valor: (memoriaNoFim - memoriaAntes) / quantos / KB,
    unidade: 'KB',
    meta: valorMaximo(20),
  });
}

/** @returns quantos arquivos o sistema deixa um processo abrir; o Node pede logo o máximo */
function maximoDeArquivos(): number {
  const dito = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' });
  return Number(dito) || Number.POSITIVE_INFINITY;
}
