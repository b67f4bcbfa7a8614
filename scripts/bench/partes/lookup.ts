import { HA_REDIS, iniciarRedis } from '../../comum/redis.ts';
import { abrirNu, abrirProcesso, type Bancada, type Parte } from '../bancada.ts';
import { chamar, chamarTodos } from '../chamadas/chamadas.ts';
import { montarChamada } from '../chamadas/http.ts';
import { fonteFixa, medirVazao } from '../chamadas/vazao.ts';
import { linhaDeVazao, razaoMinima } from '../medidas/linhas.ts';
import { alternar } from '../medidas/rodadas.ts';

const NOMES = 1_000;
const CONEXOES = 32;

export const LOOKUP: Parte = {
  nome: 'lookup',
  descricao: 'lookup_procedure, 1.000 nomes registrados, 32 conexões',
  medir: async (bancada) => {
    const { pilha, rodadas, duracaoMs, linha } = bancada;
    const nu = await abrirNu(bancada);
    const emMemoria = await abrirComNomes(bancada, []);
    await nu.responder(await chamar(emMemoria, 'lookup_procedure', { procedure_name: nomeDe(0) }));
    const fontes = Array.from({ length: CONEXOES }, () => fonteFixa(procurar(0), ...OUTROS.map(procurar)));
    const medir = (porta: number) => () => medirVazao(porta, { fontes, duracaoMs });
    const { real, base } = await alternar({ real: medir(emMemoria), base: medir(nu.porta) }, rodadas);
    linha(linhaDeVazao('lookup_procedure, 1.000 nomes', real, base, { meta: razaoMinima(0.8) }));
    if (!HA_REDIS) return;
    const noRedis = await abrirComNomes(bancada, ['--redis', pilha.use(await iniciarRedis()).url]);
    const lado = await alternar({ noRedis: medir(noRedis), emMemoria: medir(emMemoria) }, rodadas);
    const aoLado = { meta: razaoMinima(0.9), aoLadoDe: 'em memória' };
    linha(linhaDeVazao('lookup_procedure, binder no Redis contra em memória', lado.noRedis, lado.emMemoria, aoLado));
  },
};

const OUTROS = Array.from({ length: NOMES - 1 }, (_, indice) => 1 + indice);

function nomeDe(indice: number): string {
  return `procedimento_${String(indice).padStart(4, '0')}`;
}

function procurar(indice: number): Buffer {
  return montarChamada('lookup_procedure', { procedure_name: nomeDe(indice) });
}

/** @returns a porta de um binder em que os nomes estão registrados */
async function abrirComNomes(bancada: Bancada, argumentos: readonly string[]): Promise<number> {
  const { porta } = await abrirProcesso(bancada, 'binder', { argumentos });
  await chamarTodos(
    porta,
    [0, ...OUTROS].map((indice) => ({
      method: 'register_procedure',
      params: { procedure_name: nomeDe(indice), address: '127.0.0.1', port: 8005, ttl_s: 3600 },
    })),
  );
  return porta;
}
