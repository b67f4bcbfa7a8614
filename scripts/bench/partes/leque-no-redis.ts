import type { Mensagem } from '../../../src/contract/chat.ts';
import { HA_REDIS } from '../../comum/redis.ts';
import type { Bancada, Parte } from '../bancada.ts';
import { povoarSala, registrarUsuarios, resultadoDe, ultimoIdDe } from '../chamadas/chamadas.ts';
import { enviarNoRitmo, fonteDeEnvios } from '../chamadas/envios.ts';
import { Conexao } from '../chamadas/http.ts';
import { Ouvintes } from '../chamadas/ouvintes.ts';
import { medirVazao } from '../chamadas/vazao.ts';
import { maior, mediana, resumirRazoes } from '../medidas/estatistica.ts';
import { razaoMaxima, valorMaximo } from '../medidas/linhas.ts';
import { emRodadas } from '../medidas/rodadas.ts';
import { abrirEmbutido, abrirNoRedis, medirGasto, type Sistema } from '../sistemas.ts';

const OUVINTES = 200;
const AUTORES = 8;
const SALA = 'geral';
const US_POR_MS = 1_000;
/** Um ritmo que os dois sistemas acompanham: cada resposta leva uma mensagem, num e no outro. */
const ENVIOS_POR_SEGUNDO = 25;

/** Em µs de CPU por entrega. */
interface Custo {
  readonly servidorUs: number;
  readonly redisUs: number;
}

/** As duas maneiras de enviar que se medem num sistema. */
interface Medidas {
  /** Os autores não param: quantas mensagens cada resposta leva depende de como os envios deles coincidem. */
  readonly semParar: () => Promise<Custo>;
  readonly noRitmo: () => Promise<Custo>;
}

export const LEQUE_NO_REDIS: Parte = {
  nome: 'leque-no-redis',
  descricao:
    'CPU de uma entrega a 200 que esperam, um servidor num Redis contra o embutido: 8 sem parar, e um num ritmo',
  medir: async (bancada) => {
    if (!HA_REDIS) {
      process.stderr.write('  pulada: não há redis-server nesta máquina\n');
      return;
    }
    const embutido = await preparar(bancada, await abrirEmbutido(bancada));
    const noRedis = await preparar(bancada, await abrirNoRedis(bancada, 1));
    const custos = await comparar(bancada, 'entrega a 200', embutido.semParar, noRedis.semParar);
    bancada.linha({
      medida: 'entrega a 200: CPU do Redis',
      valor: mediana(custos.map(({ redisUs }) => redisUs)),
      unidade: 'µs',
      meta: valorMaximo(0.5),
    });
    await comparar(bancada, `a 200, ${ENVIOS_POR_SEGUNDO} envios por segundo`, embutido.noRitmo, noRedis.noRitmo);
  },
};

/** @returns o custo no Redis, em cada rodada */
async function comparar(
  { rodadas, linha }: Bancada,
  titulo: string,
  embutido: () => Promise<Custo>,
  noRedis: () => Promise<Custo>,
): Promise<readonly Custo[]> {
  const custos = await emRodadas({ embutido, noRedis }, rodadas);
  const doServidor = (lista: readonly Custo[]) => lista.map(({ servidorUs }) => servidorUs);
  const [noEmbutido, noServidor] = [doServidor(custos.embutido), doServidor(custos.noRedis)];
  linha({
    medida: `${titulo}: CPU do servidor no Redis`,
    valor: mediana(noServidor),
    unidade: 'µs',
    ao_lado: mediana(noEmbutido),
    ao_lado_de: 'embutido',
    razao: resumirRazoes(noServidor, noEmbutido),
    meta: razaoMaxima(1.3),
  });
  return custos.noRedis;
}

async function preparar({ pilha, duracaoMs, conferencia }: Bancada, sistema: Sistema): Promise<Medidas> {
  const [porta] = sistema.portas;
  const autores = await registrarUsuarios(porta, 'autor', AUTORES);
  const leitores = await registrarUsuarios(porta, 'u', OUVINTES);
  await povoarSala(porta, SALA, [...autores, ...leitores]);
  const desde = await ultimoIdDe(porta, leitores[0] as (typeof leitores)[number], SALA);
  const ouvintes = await Ouvintes.abrir({ porta, usuarios: leitores, sala: SALA, desde });
  pilha.defer(() => ouvintes.fechar());

  async function falarSemParar(): Promise<Mensagem[]> {
    const corpos: Buffer[] = [];
    const fontes = autores.map((autor) => fonteDeEnvios(autor, SALA, (corpo) => corpos.push(corpo)));
    await medirVazao(porta, { fontes, duracaoMs });
    return corpos.map((corpo) => resultadoDe<Mensagem>(corpo));
  }

  async function falarNoRitmo(): Promise<Mensagem[]> {
    const conexao = await Conexao.abrir(porta);
    const quantas = (duracaoMs / 1_000) * ENVIOS_POR_SEGUNDO;
    const fonte = fonteDeEnvios(autores[0] as (typeof autores)[number], SALA);
    const enviadas = await enviarNoRitmo(conexao, fonte, { quantas, porSegundo: ENVIOS_POR_SEGUNDO });
    conexao.fechar();
    return enviadas;
  }

  const gastar = (falar: () => Promise<Mensagem[]>) => async () => {
    const { servidoresMs, redisMs, feito } = await medirGasto(sistema, async () => {
      const confirmadas = await falar();
      await ouvintes.ateTodosTerem(maior(confirmadas.map(({ id }) => id)));
      return confirmadas;
    });
    const entregas = feito.length * OUVINTES;
    conferencia(feito.length, entregas, ouvintes.conferirERecomecar(feito));
    return { servidorUs: (servidoresMs * US_POR_MS) / entregas, redisUs: (redisMs * US_POR_MS) / entregas };
  };
  return { semParar: gastar(falarSemParar), noRitmo: gastar(falarNoRitmo) };
}
