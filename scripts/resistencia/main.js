/** O teste de resistência: `npm run soak`. Sai com 1 se algo se perdeu, dobrou, trocou de ordem ou vazou. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Abertos, pastaTemporaria } from '../bench/processos.js';
import { iniciarRedis } from '../bench/redis.js';
import { Contas } from './contas.js';
import { Falhas, falhasDeUm, falhasDeVarios } from './falhas.js';
import { lerOpcoes } from './opcoes.js';
import { Pessoa } from './pessoa.js';
import { Processo } from './processo.js';
import { ProxyDeRede } from './proxy.js';
import { RedeDeVarios, RedeUnica } from './rede.js';
import { contarFim, contarMeio } from './relato.js';

const RELATO_MS = 30_000;
const FASE_MS = 30_000;
const PAUSA_ENTRE_FALHAS_MS = 3_000;

const { duracaoMs, pessoas: quantas, salas, redis } = lerOpcoes();
const abertos = new Abertos();
let perdeu = true;
try {
  perdeu = await resistir();
} finally {
  await abertos.close();
}
process.exit(perdeu ? 1 : 0);

async function resistir() {
  const pasta = pastaTemporaria(abertos, 'chat-soak-');
  const { processos, redeDe, falhas: quais } = redis ? await abrirVarios(pasta) : await abrirUm(pasta);

  const contas = new Contas();
  const pessoas = Array.from(
    { length: quantas },
    (_, i) => new Pessoa(redeDe(i), contas, `Pessoa ${i + 1}`, `Sala ${1 + (i % salas)}`),
  );
  await reunir(pessoas);

  const falhas = new Falhas(quais);
  const estado = { contas, falhas, processos, inicioMs: performance.now() };
  estado.memoriaNoInicio = medir(estado.processos);
  const relato = setInterval(() => contarMeio(estado), RELATO_MS);
  const medida = setInterval(() => medir(estado.processos), 1_000);

  const enviando = pessoas.map((pessoa) => pessoa.enviarSempre(pessoas.filter(({ sala }) => sala === pessoa.sala)));
  const recebendo = pessoas.map((pessoa) => pessoa.receberSempre());
  const conversa = Promise.all([...enviando, ...recebendo]);
  const falhando = falhas.fazer({
    faseMs: Math.min(FASE_MS, duracaoMs / 4),
    pausaMs: Math.min(PAUSA_ENTRE_FALHAS_MS, duracaoMs / 20),
  });
  await Promise.race([new Promise((resolve) => setTimeout(resolve, duracaoMs)), conversa, falhando]);

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

async function abrirUm(pasta) {
  const binder = await ligar('binder', 'binder', []);
  const servidor = await ligar('servidor', 'server', [
    ...argumentosDoServidor(pasta, [binder]),
    '--dados',
    join(pasta, 'dados'),
  ]);
  const proxy = new ProxyDeRede(servidor.porta);
  abertos.add(() => proxy.close());
  const rede = new RedeUnica(proxy, await proxy.abrir(), binder);
  return { processos: [binder, servidor], redeDe: () => rede, falhas: falhasDeUm({ servidor, binder, proxy }) };
}

async function abrirVarios(pasta) {
  const redis = await iniciarRedis(abertos, pasta);
  const comRedis = ['--redis', redis.url];
  const binders = await Promise.all([1, 2].map((n) => ligar(`binder ${n}`, 'binder', comRedis)));
  const servidores = await Promise.all(
    [1, 2, 3].map((n) =>
      ligar(`servidor ${n}`, 'server', [...argumentosDoServidor(join(pasta, String(n)), binders), ...comRedis]),
    ),
  );
  return {
    processos: [...binders, ...servidores],
    redeDe: (vez) => new RedeDeVarios(binders, vez),
    falhas: falhasDeVarios({ servidores, binders, redis }),
  };
}

function argumentosDoServidor(pasta, binders) {
  mkdirSync(pasta, { recursive: true });
  return [
    ...['--binder', binders.map(({ url }) => url).join(',')],
    ...['--usuarios', join(pasta, 'usuarios.json'), '--limite-registros', '0'],
  ];
}

async function ligar(nome, qual, argumentos) {
  const processo = new Processo(abertos, nome, qual, argumentos);
  await processo.ligar();
  return processo;
}

/** A primeira de cada sala a cria; quem chega antes recebe as entradas dos outros. */
async function reunir(pessoas) {
  const criadas = new Set();
  for (const pessoa of pessoas) {
    await pessoa.registrar();
    if (!criadas.has(pessoa.sala)) await pessoa.criarSala();
    criadas.add(pessoa.sala);
    await pessoa.entrar();
  }
}

function medir(processos) {
  return Object.fromEntries(processos.map((processo) => [processo.nome, processo.medir().agora]));
}
