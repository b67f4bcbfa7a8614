import type { Mensagem } from '../../../src/contract/chat.ts';
import { HA_REDIS } from '../../comum/redis.ts';
import type { Bancada, Parte } from '../bancada.ts';
import { povoarSala, registrarUsuarios, resultadoDe, ultimoIdDe } from '../chamadas/chamadas.ts';
import { fonteDeEnvios } from '../chamadas/envios.ts';
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

/** Em µs de CPU por entrega. */
interface Custo {
  readonly servidorUs: number;
  readonly redisUs: number;
}

export const LEQUE_NO_REDIS: Parte = {
  nome: 'leque-no-redis',
  descricao: 'CPU de uma entrega a 200 que esperam, enquanto 8 enviam: um servidor num Redis contra o embutido',
  medir: async (bancada) => {
    if (!HA_REDIS) {
      process.stderr.write('  pulada: não há redis-server nesta máquina\n');
      return;
    }
    const { rodadas, linha } = bancada;
    const custos = await emRodadas(
      {
        embutido: await preparar(bancada, await abrirEmbutido(bancada)),
        noRedis: await preparar(bancada, await abrirNoRedis(bancada, 1)),
      },
      rodadas,
    );
    const doServidor = (lista: readonly Custo[]) => lista.map(({ servidorUs }) => servidorUs);
    const [embutido, noRedis] = [doServidor(custos.embutido), doServidor(custos.noRedis)];
    linha({
      medida: 'entrega a 200: CPU do servidor no Redis',
      valor: mediana(noRedis),
      unidade: 'µs',
      ao_lado: mediana(embutido),
      ao_lado_de: 'embutido',
      razao: resumirRazoes(noRedis, embutido),
      meta: razaoMaxima(1.3),
    });
    linha({
      medida: 'entrega a 200: CPU do Redis',
      valor: mediana(custos.noRedis.map(({ redisUs }) => redisUs)),
      unidade: 'µs',
      meta: valorMaximo(0.5),
    });
  },
};

async function preparar({ pilha, duracaoMs, conferencia }: Bancada, sistema: Sistema): Promise<() => Promise<Custo>> {
  const [porta] = sistema.portas;
  const autores = await registrarUsuarios(porta, 'autor', AUTORES);
  const leitores = await registrarUsuarios(porta, 'u', OUVINTES);
  await povoarSala(porta, SALA, [...autores, ...leitores]);
  const desde = await ultimoIdDe(porta, leitores[0] as (typeof leitores)[number], SALA);
  const ouvintes = await Ouvintes.abrir({ porta, usuarios: leitores, sala: SALA, desde });
  pilha.defer(() => ouvintes.fechar());
  return async () => {
    const corpos: Buffer[] = [];
    const fontes = autores.map((autor) => fonteDeEnvios(autor, SALA, (corpo) => corpos.push(corpo)));
    const { servidoresMs, redisMs, feito } = await medirGasto(sistema, async () => {
      await medirVazao(porta, { fontes, duracaoMs });
      const confirmadas = corpos.map((corpo) => resultadoDe<Mensagem>(corpo));
      await ouvintes.ateTodosTerem(maior(confirmadas.map(({ id }) => id)));
      return confirmadas;
    });
    const entregas = feito.length * OUVINTES;
    conferencia(feito.length, entregas, ouvintes.conferirERecomecar(feito));
    return { servidorUs: (servidoresMs * US_POR_MS) / entregas, redisUs: (redisMs * US_POR_MS) / entregas };
  };
}
