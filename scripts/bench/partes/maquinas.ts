import type { Mensagem } from '../../../src/contract/chat.ts';
import { HA_REDIS } from '../../comum/redis.ts';
import { abrirNu, type Bancada, type Parte, type ServidorNu } from '../bancada.ts';
import { povoarSala, registrarUsuario, registrarUsuarios, resultadoDe, ultimoIdDe } from '../chamadas/chamadas.ts';
import { fonteDeEnvios } from '../chamadas/envios.ts';
import { abrirConexoes, Conexao, montarChamada } from '../chamadas/http.ts';
import type { Usuario } from '../chamadas/identidades.ts';
import { Ouvintes } from '../chamadas/ouvintes.ts';
import { type Fonte, fonteFixa, type Medida, medirEm } from '../chamadas/vazao.ts';
import { maior, mediana, resumirRazoes } from '../medidas/estatistica.ts';
import { linhaDeVazao, razaoMaxima, razaoMinima } from '../medidas/linhas.ts';
import { alternar, emRodadas } from '../medidas/rodadas.ts';
import { abrirEmbutido, abrirNoRedis, type Gasto, medirGasto, type Sistema } from '../sistemas.ts';

const SALAS = 8;
const USUARIOS_POR_SALA = 4;
const OUVINTES = 50;
const ENVIOS_POR_RODADA = 40;

const EMBUTIDO = 'embutido';
const UM_NO_REDIS = 'um servidor no Redis';
const TRES_NO_REDIS = 'três servidores no Redis';

interface Povoado extends Sistema {
  readonly salas: readonly { readonly nome: string; readonly usuarios: readonly Usuario[] }[];
}

type Lado = Readonly<Record<typeof EMBUTIDO | typeof UM_NO_REDIS | typeof TRES_NO_REDIS, Povoado>>;

export const MAQUINAS: Parte = {
  nome: 'maquinas',
  descricao: 'lado a lado: embutido, um servidor num Redis, três servidores num Redis',
  medir: async (bancada) => {
    if (!HA_REDIS) {
      process.stderr.write('  pulada: não há redis-server nesta máquina\n');
      return;
    }
    const nu = await abrirNu(bancada);
    const lado: Lado = {
      [EMBUTIDO]: await povoar(await abrirEmbutido(bancada)),
      [UM_NO_REDIS]: await povoar(await abrirNoRedis(bancada, 1)),
      [TRES_NO_REDIS]: await povoar(await abrirNoRedis(bancada, 3)),
    };
    await comparar(bancada, lado, nu, { oQue: 'enviar_mensagem', fontesDe: fontesDeEnvio, meta: 0.6 });
    await comparar(bancada, lado, nu, { oQue: 'receber, nada novo', fontesDe: fontesDeLeitura, meta: 0.5 });
    await compararEntregas(bancada, lado);
  },
};

/** Pessoas em salas, registradas pelo primeiro servidor. */
async function povoar(sistema: Sistema): Promise<Povoado> {
  const [porta] = sistema.portas;
  const salas: Povoado['salas'][number][] = [];
  for (let indice = 0; indice < SALAS; indice += 1) {
    const usuarios = await registrarUsuarios(porta, `pessoa${indice}.`, USUARIOS_POR_SALA);
    const nome = `sala ${indice}`;
    await povoarSala(porta, nome, usuarios);
    salas.push({ nome, usuarios });
  }
  return { ...sistema, salas };
}

function fontesDeEnvio({ salas }: Povoado): Fonte[] {
  return salas.flatMap(({ nome, usuarios }) => usuarios.map((usuario) => fonteDeEnvios(usuario, nome)));
}

function fontesDeLeitura({ salas }: Povoado): Fonte[] {
  const desde = Number.MAX_SAFE_INTEGER;
  return salas.flatMap(({ nome: salaAtual, usuarios }) =>
    usuarios.map(({ nome: nomeUsuario, token }) =>
      fonteFixa(montarChamada('receber_mensagens', { nomeUsuario, salaAtual, desde }, token)),
    ),
  );
}

interface Comparada {
  readonly oQue: string;
  readonly fontesDe: (sistema: Povoado) => Fonte[];
  /** Que parte da vazão do embutido um servidor no Redis deve ter. */
  readonly meta: number;
}

async function comparar(
  { rodadas, duracaoMs, linha }: Bancada,
  lado: Lado,
  nu: ServidorNu,
  { oQue, fontesDe, meta }: Comparada,
): Promise<void> {
  const primeiro = lado[EMBUTIDO];
  const conexao = await Conexao.abrir(primeiro.portas[0]);
  const [amostra] = fontesDe(primeiro);
  if (!amostra) throw new Error('não há quem chame');
  await nu.responder(resultadoDe(await conexao.chamar(amostra.proximo())));
  conexao.fechar();
  const gastos = new Map<string, (Gasto & { readonly feito: Medida })[]>();
  const medidas = Object.entries(lado).map(([nome, sistema]) => [
    nome,
    async (rodada: number) => {
      const gasto = await medirGasto(sistema, () => medirRepartido(sistema.portas, fontesDe(sistema), duracaoMs));
      if (rodada >= 0) gastos.set(nome, [...(gastos.get(nome) ?? []), gasto]);
      return gasto.feito;
    },
  ]);
  const base = () => medirRepartido([nu.porta], fontesDe(primeiro), duracaoMs);
  const vazoes = await alternar<string>({ ...Object.fromEntries(medidas), base }, rodadas);
  for (const [nome, suas] of gastos) {
    const { [nome]: vazao, base: vazaoNua } = vazoes;
    if (vazao && vazaoNua) linha(linhaDeVazao(`${oQue}: ${nome}`, vazao, vazaoNua));
    const porChamada = (campo: keyof Gasto) =>
      (somar(suas.map((gasto) => gasto[campo])) * 1000) / somar(suas.map(({ feito }) => feito.chamadas));
    linha({ medida: `${oQue}: ${nome}, CPU dos servidores`, valor: porChamada('servidoresMs'), unidade: 'µs' });
    if (nome === EMBUTIDO) continue;
    linha({ medida: `${oQue}: ${nome}, CPU do Redis`, valor: porChamada('redisMs'), unidade: 'µs' });
  }
  const { [EMBUTIDO]: embutido, [UM_NO_REDIS]: noRedis } = vazoes;
  if (!embutido || !noRedis) return;
  const aoLado = { meta: razaoMinima(meta), aoLadoDe: EMBUTIDO };
  linha(linhaDeVazao(`${oQue}: ${UM_NO_REDIS} contra embutido`, noRedis, embutido, aoLado));
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

function somar(valores: readonly number[]): number {
  return valores.reduce((soma, valor) => soma + valor, 0);
}

/** Do envio até o último de 50 que esperam, em cada sistema, em vezes alternadas. */
async function compararEntregas(bancada: Bancada, lado: Lado): Promise<void> {
  const { rodadas, linha } = bancada;
  const preparadas: [nome: string, Entrega][] = [];
  for (const [nome, sistema] of Object.entries(lado)) preparadas.push([nome, await prepararEntrega(bancada, sistema)]);
  const concorrentes = Object.fromEntries(preparadas.map(([nome, { enviarVarias }]) => [nome, enviarVarias]));
  const demoras = await emRodadas(concorrentes, rodadas);
  const doEmbutido = demoras[EMBUTIDO]?.map(mediana) ?? [];
  for (const [nome, suas] of Object.entries(demoras)) {
    const medianas = suas.map(mediana);
    const medida = { medida: `envio → último de ${OUVINTES}: ${nome}`, valor: mediana(medianas), unidade: 'ms' };
    const pior = maior(suas.map(maior));
    if (nome === EMBUTIDO) linha({ ...medida, pior });
    else {
      linha({
        ...medida,
        ao_lado: mediana(doEmbutido),
        ao_lado_de: EMBUTIDO,
        razao: resumirRazoes(medianas, doEmbutido),
        pior,
        ...(nome === UM_NO_REDIS ? { meta: razaoMaxima(2) } : {}),
      });
    }
  }
  for (const [, { fechar }] of preparadas) fechar();
}

interface Entrega {
  /** @returns quanto levou cada envio até o último, em ms */
  readonly enviarVarias: () => Promise<number[]>;
  readonly fechar: () => void;
}

/** Quem envia está num servidor; os que esperam, em outro, se houver. */
async function prepararEntrega({ conferencia }: Bancada, { portas }: Sistema): Promise<Entrega> {
  const sala = 'entrega';
  const [porta] = portas;
  const autor = await registrarUsuario(porta, 'autor da entrega');
  const leitores = await registrarUsuarios(porta, 'e.', OUVINTES);
  await povoarSala(porta, sala, [autor, ...leitores]);
  const desde = await ultimoIdDe(porta, autor, sala);
  const ouvintes = await Ouvintes.abrir({ porta: portas.at(-1) ?? porta, usuarios: leitores, sala, desde });
  const { proximo } = fonteDeEnvios(autor, sala);
  const conexao = await Conexao.abrir(porta);
  return {
    enviarVarias: async () => {
      const ultimoMs: number[] = [];
      const confirmadas: Mensagem[] = [];
      while (ultimoMs.length < ENVIOS_POR_RODADA) {
        const desdeMs = performance.now();
        const mensagem = resultadoDe(await conexao.chamar(proximo()));
        await ouvintes.ateTodosTerem(mensagem.id);
        confirmadas.push(mensagem);
        ultimoMs.push(maior(ouvintes.chegadasMs()) - desdeMs);
      }
      conferencia(confirmadas.length, confirmadas.length * OUVINTES, ouvintes.conferirERecomecar(confirmadas));
      return ultimoMs;
    },
    fechar: () => {
      conexao.fechar();
      ouvintes.fechar();
    },
  };
}
