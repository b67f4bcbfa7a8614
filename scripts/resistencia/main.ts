/** O teste de resistência: `npm run soak`. Sai com 1 se algo se perdeu, dobrou, trocou de ordem ou vazou. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as esperar } from 'node:timers/promises';
import { pastaTemporaria } from '../comum/pasta.ts';
import { Pilha } from '../comum/pilha.ts';
import { abrirProxy } from '../comum/proxy.ts';
import { Contas } from './contas.ts';
import { Falhas, type FalhasPossiveis, falhasDeUm, falhasDosProcessos } from './falhas.ts';
import { lerOpcoes, type Opcoes } from './opcoes.ts';
import { Pessoa } from './pessoa.ts';
import { ProcessoQueVolta } from './processo.ts';
import { type Rede, RedeDeVarios, RedeUnica } from './rede.ts';
import { abrirRedisQueTroca, type RedisDaResistencia } from './redis.ts';
import { abrirClusterQueMuda } from './redis-cluster.ts';
import { contarFim, contarMeio } from './relato.ts';

const RELATO_MS = 30_000;
const FASE_MS = 30_000;
const PAUSA_ENTRE_FALHAS_MS = 3_000;

/** O que se põe à prova: os processos, como cada pessoa os alcança, e o que neles falha. */
interface Alvo {
  readonly processos: readonly ProcessoQueVolta[];
  /** @param qual o número da pessoa */
  readonly redeDe: (qual: number) => Rede;
  readonly falhas: FalhasPossiveis;
}

/** Onde vários servidores guardam os dados. */
const ABRIR_REDIS = { redis: abrirRedisQueTroca, cluster: abrirClusterQueMuda };

const pilha = new Pilha();
let interrompida = false;
// Interrompida, a prova não deixa processos rodando.
for (const sinal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(sinal, () => {
    interrompida = true;
    void pilha.close().finally(() => process.exit(1));
  });
}
let perdeu = true;
try {
  perdeu = await resistir(lerOpcoes());
} catch (erro) {
  // Os processos que o sinal também terminou já não respondem.
  if (!interrompida) throw erro;
} finally {
  await pilha.close();
}
process.exit(perdeu ? 1 : 0);

async function resistir({ duracaoMs, pessoas: quantas, salas, estado: onde }: Opcoes): Promise<boolean> {
  const pasta = pilha.use(pastaTemporaria()).caminho;
  const alvo = onde === 'embutido' ? abrirUm(pasta) : abrirVarios(pasta, pilha.use(await ABRIR_REDIS[onde]()));
  const { processos, redeDe, falhas: quais } = await alvo;

  const contas = new Contas();
  const pessoas: Pessoa[] = [];
  // Uma depois da outra: quem chega antes recebe as entradas dos outros.
  while (pessoas.length < quantas) {
    const i = pessoas.length;
    const sala = `Sala ${1 + (i % salas)}`;
    pessoas.push(await Pessoa.reunir(redeDe(i), contas, `Pessoa ${i + 1}`, sala, i < salas));
  }

  const falhas = new Falhas(quais);
  const estado = { contas, falhas, processos, inicioMs: performance.now(), memoriaNoInicio: medir(processos) };
  const relato = setInterval(() => contarMeio(estado), RELATO_MS);
  const medida = setInterval(() => medir(processos), 1_000);

  const enviando = pessoas.map((pessoa) => pessoa.enviarSempre(pessoas.filter(({ sala }) => sala === pessoa.sala)));
  const recebendo = pessoas.map((pessoa) => pessoa.receberSempre());
  const conversa = Promise.all([...enviando, ...recebendo]);
  const falhando = falhas.fazer({
    faseMs: Math.min(FASE_MS, duracaoMs / 4),
    pausaMs: Math.min(PAUSA_ENTRE_FALHAS_MS, duracaoMs / 20),
  });
  await Promise.race([esperar(duracaoMs), conversa, falhando]);

  falhas.parar();
  await falhando;
  for (const pessoa of pessoas) pessoa.pararDeEnviar();
  await Promise.all(enviando);
  for (const pessoa of pessoas) pessoa.pararDeReceber();
  await conversa;
  clearInterval(relato);
  clearInterval(medida);
  return contarFim(
    estado,
    pessoas.map(({ caixa }) => caixa),
  );
}

async function abrirUm(pasta: string): Promise<Alvo> {
  const binder = await ProcessoQueVolta.abrir(pilha, 'binder', 'binder', []);
  const servidor = await ProcessoQueVolta.abrir(pilha, 'servidor', 'server', [
    ...argumentosDoServidor(pasta, [binder]),
    ...['--dados', join(pasta, 'dados')],
  ]);
  const proxy = pilha.use(await abrirProxy(servidor.porta));
  const rede = new RedeUnica(proxy, binder);
  return { processos: [binder, servidor], redeDe: () => rede, falhas: falhasDeUm(servidor, binder, proxy) };
}

async function abrirVarios(pasta: string, redis: RedisDaResistencia): Promise<Alvo> {
  const comRedis = ['--redis', redis.url];
  const abrirBinder = (n: number) => ProcessoQueVolta.abrir(pilha, `binder ${n}`, 'binder', comRedis);
  const binders = await Promise.all([1, 2].map(abrirBinder));
  const abrirServidor = (n: number) =>
    ProcessoQueVolta.abrir(pilha, `servidor ${n}`, 'server', [
      ...argumentosDoServidor(join(pasta, String(n)), binders),
      ...comRedis,
    ]);
  const servidores = await Promise.all([1, 2, 3].map(abrirServidor));
  return {
    processos: [...binders, ...servidores],
    redeDe: (qual) => new RedeDeVarios(binders, qual),
    falhas: { ...redis.falhas, ...falhasDosProcessos([...servidores, ...binders]) },
  };
}

function argumentosDoServidor(pasta: string, binders: readonly ProcessoQueVolta[]): string[] {
  mkdirSync(pasta, { recursive: true });
  return [
    ...['--binder', binders.map(({ url }) => url).join(',')],
    ...['--usuarios', join(pasta, 'usuarios.json'), '--limite-registros', '0'],
  ];
}

function medir(processos: readonly ProcessoQueVolta[]): Record<string, number> {
  return Object.fromEntries(processos.map((processo) => [processo.nome, processo.medir().agora]));
}
