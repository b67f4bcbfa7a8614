/** O teste de resistência: `npm run soak`. Sai com 1 se algo se perdeu, dobrou, trocou de ordem ou vazou. */

import { join } from 'node:path';
import { Abertos, pastaTemporaria } from '../bench/processos.js';
import { Contas } from './contas.js';
import { Falhas } from './falhas.js';
import { lerOpcoes } from './opcoes.js';
import { Pessoa } from './pessoa.js';
import { Processo } from './processo.js';
import { ProxyDeRede } from './proxy.js';
import { contarFim, contarMeio } from './relato.js';

const RELATO_MS = 30_000;
const FASE_MS = 30_000;
const PAUSA_ENTRE_FALHAS_MS = 3_000;

const { duracaoMs, pessoas: quantas, salas } = lerOpcoes();
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
  const binder = new Processo(abertos, 'binder', 'binder', []);
  await binder.ligar();
  const servidor = new Processo(abertos, 'servidor', 'server', [
    ...['--binder', binder.url, '--dados', join(pasta, 'dados'), '--usuarios', join(pasta, 'usuarios.json')],
    ...['--limite-registros', '0'],
  ]);
  await servidor.ligar();
  const proxy = new ProxyDeRede(servidor.porta);
  abertos.add(() => proxy.close());
  const rede = { proxy, portaDoProxy: await proxy.abrir(), portaDoBinder: binder.porta, falhas: 0 };

  const contas = new Contas();
  const pessoas = Array.from(
    { length: quantas },
    (_, i) => new Pessoa(rede, contas, `Pessoa ${i + 1}`, `Sala ${1 + (i % salas)}`),
  );
  await reunir(pessoas);

  const falhas = new Falhas();
  const estado = { contas, falhas, rede, processos: [binder, servidor], inicioMs: performance.now() };
  estado.memoriaNoInicio = medir(estado.processos);
  const relato = setInterval(() => contarMeio(estado), RELATO_MS);
  const medida = setInterval(() => medir(estado.processos), 1_000);

  const enviando = pessoas.map((pessoa) => pessoa.enviarSempre(pessoas.filter(({ sala }) => sala === pessoa.sala)));
  const recebendo = pessoas.map((pessoa) => pessoa.receberSempre());
  const conversa = Promise.all([...enviando, ...recebendo]);
  const falhando = falhas.fazer(
    { servidor, binder, rede },
    { faseMs: Math.min(FASE_MS, duracaoMs / 4), pausaMs: Math.min(PAUSA_ENTRE_FALHAS_MS, duracaoMs / 20) },
  );
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
