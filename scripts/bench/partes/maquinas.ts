import type { Mensagem } from '../../../src/contract/chat.ts';
import { cpuMs } from '../../comum/consumo.ts';
import { HA_REDIS, iniciarRedis, type Redis } from '../../comum/redis.ts';
import {
  abrirNu,
  abrirProcesso,
  abrirServidor,
  type Bancada,
  type Parte,
  pastaDaParte,
  type ServidorNu,
} from '../bancada.ts';
import { povoarSala, registrarUsuario, registrarUsuarios, resultadoDe, ultimoIdDe } from '../chamadas.ts';
import { fonteDeEnvios } from '../envios.ts';
import { maior, mediana } from '../estatistica.ts';
import { abrirConexoes, Conexao, montarChamada } from '../http.ts';
import type { Usuario } from '../identidades.ts';
import { linhaDeVazao } from '../linhas.ts';
import { Ouvintes } from '../ouvintes.ts';
import { alternar } from '../rodadas.ts';
import { type Fonte, fonteFixa, type Medida, medirEm } from '../vazao.ts';

const SALAS = 8;
const USUARIOS_POR_SALA = 4;
const OUVINTES = 50;
const ENVIOS = 200;
const ENVIOS_DE_AQUECIMENTO = 20;
const COM_DURABILIDADE = ['--appendonly', 'yes'];

interface Sistema {
  /** As portas dos servidores. */
  readonly portas: readonly [number, ...number[]];
  readonly salas: readonly { readonly nome: string; readonly usuarios: readonly Usuario[] }[];
  readonly pids: readonly number[];
  readonly redis: Redis | undefined;
}

export const MAQUINAS: Parte = {
  nome: 'maquinas',
  descricao: 'lado a lado: embutido, um servidor num Redis, três servidores num Redis',
  medir: async (bancada) => {
    if (!HA_REDIS) {
      process.stderr.write('  pulada: não há redis-server nesta máquina\n');
      return;
    }
    const { pilha } = bancada;
    const nu = await abrirNu(bancada);
    const sistemas = {
      embutido: await montar(bancada, 1),
      'um servidor no Redis': await montar(bancada, 1, pilha.use(await iniciarRedis(...COM_DURABILIDADE))),
      'três servidores no Redis': await montar(bancada, 3, pilha.use(await iniciarRedis(...COM_DURABILIDADE))),
    };
    await comparar(bancada, sistemas, nu, fontesDeEnvio, 'enviar_mensagem');
    await comparar(bancada, sistemas, nu, fontesDeLeitura, 'receber, nada novo');
    for (const [nome, sistema] of Object.entries(sistemas)) await medirEntrega(bancada, nome, sistema);
  },
};

/** Servidores sobre os mesmos dados, e pessoas em salas, repartidas por todos eles. */
async function montar(bancada: Bancada, quantos: number, redis?: Redis): Promise<Sistema> {
  const binder = await abrirProcesso(bancada, 'binder');
  const argumentos = redis ? ['--redis', redis.url] : [];
  const abrir = () => abrirServidor(bancada, pastaDaParte(bancada), binder, { argumentos });
  const primeiro = await abrir();
  const outros: (typeof primeiro)[] = [];
  while (outros.length < quantos - 1) outros.push(await abrir());
  const { porta } = primeiro;
  const salas: Sistema['salas'][number][] = [];
  for (let indice = 0; indice < SALAS; indice += 1) {
    const usuarios = await registrarUsuarios(porta, `pessoa${indice}.`, USUARIOS_POR_SALA);
    const nome = `sala ${indice}`;
    await povoarSala(porta, nome, usuarios);
    salas.push({ nome, usuarios });
  }
  return {
    portas: [porta, ...outros.map((servidor) => servidor.porta)],
    salas,
    pids: [primeiro, ...outros].map(({ pid }) => pid),
    redis,
  };
}

function fontesDeEnvio({ salas }: Sistema): Fonte[] {
  return salas.flatMap(({ nome, usuarios }) => usuarios.map((usuario) => fonteDeEnvios(usuario, nome)));
}

function fontesDeLeitura({ salas }: Sistema): Fonte[] {
  const desde = Number.MAX_SAFE_INTEGER;
  return salas.flatMap(({ nome: salaAtual, usuarios }) =>
    usuarios.map(({ nome: nomeUsuario, token }) =>
      fonteFixa(montarChamada('receber_mensagens', { nomeUsuario, salaAtual, desde }, token)),
    ),
  );
}

async function comparar(
  { rodadas, duracaoMs, linha }: Bancada,
  sistemas: Readonly<Record<string, Sistema>>,
  nu: ServidorNu,
  fontesDe: (sistema: Sistema) => Fonte[],
  oQue: string,
): Promise<void> {
  const [primeiro] = Object.values(sistemas);
  const [amostra] = primeiro ? fontesDe(primeiro) : [];
  if (!primeiro || !amostra) throw new Error('não há sistema a comparar');
  const conexao = await Conexao.abrir(primeiro.portas[0]);
  await nu.responder(resultadoDe(await conexao.chamar(amostra.proximo())));
  conexao.fechar();
  const gastos = new Map<string, Gasto[]>();
  const medidas = Object.entries(sistemas).map(([nome, sistema]) => [
    nome,
    async (rodada: number) => {
      const antes = cpuDe(sistema);
      const medida = await medirRepartido(sistema.portas, fontesDe(sistema), duracaoMs);
      const depois = cpuDe(sistema);
      const gasto = {
        servidoresMs: depois.servidoresMs - antes.servidoresMs,
        redisMs: depois.redisMs - antes.redisMs,
        chamadas: medida.chamadas,
      };
      if (rodada >= 0) gastos.set(nome, [...(gastos.get(nome) ?? []), gasto]);
      return medida;
    },
  ]);
  const base = () => medirRepartido([nu.porta], fontesDe(primeiro), duracaoMs);
  const vazoes = await alternar<string>({ ...Object.fromEntries(medidas), base }, rodadas);
  for (const [nome, suas] of gastos) {
    const { [nome]: vazao, base: vazaoNua } = vazoes;
    if (vazao && vazaoNua) linha(linhaDeVazao(`${oQue}: ${nome}`, vazao, vazaoNua));
    const porChamada = (campo: 'servidoresMs' | 'redisMs') => (somar(suas, campo) * 1000) / somar(suas, 'chamadas');
    linha({ medida: `${oQue}: ${nome}, CPU dos servidores`, valor: porChamada('servidoresMs'), unidade: 'µs' });
    if (sistemas[nome]?.redis) {
      linha({ medida: `${oQue}: ${nome}, CPU do Redis`, valor: porChamada('redisMs'), unidade: 'µs' });
    }
  }
}

/** As fontes repartidas pelas portas, todas ao mesmo tempo. */
async function medirRepartido(portas: readonly number[], fontes: readonly Fonte[], duracaoMs: number): Promise<Medida> {
  const porPorta = await Promise.all(
    portas.map((porta) => abrirConexoes(porta, Math.ceil(fontes.length / portas.length))),
  );
  const conexoes = fontes.flatMap(
    (_, indice) => porPorta[indice % portas.length]?.[Math.floor(indice / portas.length)] ?? [],
  );
  try {
    return await medirEm(conexoes, { fontes, duracaoMs });
  } finally {
    for (const conexao of porPorta.flat()) conexao.fechar();
  }
}

interface Gasto {
  readonly servidoresMs: number;
  readonly redisMs: number;
  readonly chamadas: number;
}

function cpuDe({ pids, redis }: Sistema): Omit<Gasto, 'chamadas'> {
  const cpuDeTodos = (lista: readonly number[]) => lista.reduce((soma, pid) => soma + cpuMs(pid), 0);
  return { servidoresMs: cpuDeTodos(pids), redisMs: cpuDeTodos(redis?.pids() ?? []) };
}

function somar(gastos: readonly Gasto[], campo: keyof Gasto): number {
  return gastos.reduce((soma, gasto) => soma + gasto[campo], 0);
}

/** Quem envia está num servidor; os que esperam, em outro, se houver. */
async function medirEntrega({ linha, conferencia }: Bancada, nome: string, { portas }: Sistema): Promise<void> {
  const sala = 'entrega';
  const [porta] = portas;
  const autor = await registrarUsuario(porta, 'autor da entrega');
  const leitores = await registrarUsuarios(porta, 'e.', OUVINTES);
  await povoarSala(porta, sala, [autor, ...leitores]);
  const desde = await ultimoIdDe(porta, autor, sala);
  const ouvintes = await Ouvintes.abrir({ porta: portas.at(-1) ?? porta, usuarios: leitores, sala, desde });
  const { proximo } = fonteDeEnvios(autor, sala);
  const conexao = await Conexao.abrir(porta);
  const ultimoMs: number[] = [];
  const confirmadas: Mensagem[] = [];
  for (let envio = -ENVIOS_DE_AQUECIMENTO; envio < ENVIOS; envio += 1) {
    const desdeMs = performance.now();
    const mensagem = resultadoDe(await conexao.chamar(proximo()));
    await ouvintes.ateTodosTerem(mensagem.id);
    confirmadas.push(mensagem);
    if (envio >= 0) ultimoMs.push(maior(ouvintes.chegadasMs()) - desdeMs);
  }
  conferencia(confirmadas.length, confirmadas.length * OUVINTES, ouvintes.conferirERecomecar(confirmadas));
  conexao.fechar();
  ouvintes.fechar();
  linha({
    medida: `envio → último de ${OUVINTES}: ${nome}`,
    valor: mediana(ultimoMs),
    unidade: 'ms',
    pior: maior(ultimoMs),
  });
}
