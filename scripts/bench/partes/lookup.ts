import { abrirNu, abrirProcesso, type Parte } from '../bancada.ts';
import { chamar, chamarTodos } from '../chamadas.ts';
import { montarChamada } from '../http.ts';
import { linhaDeVazao, razaoMinima } from '../linhas.ts';
import { alternar } from '../rodadas.ts';
import { fonteFixa, medirVazao } from '../vazao.ts';

const NOMES = 1_000;
const CONEXOES = 32;

export const LOOKUP: Parte = {
  nome: 'lookup',
  descricao: 'lookup_procedure, 1.000 nomes registrados, 32 conexões',
  medir: async (bancada) => {
    const { rodadas, duracaoMs, linha } = bancada;
    const binder = await abrirProcesso(bancada, 'binder');
    const nu = await abrirNu(bancada);
    const nomeDe = (indice: number) => `procedimento_${String(indice).padStart(4, '0')}`;
    const nomes = [nomeDe(0), ...Array.from({ length: NOMES - 1 }, (_, indice) => nomeDe(1 + indice))] as const;
    await chamarTodos(
      binder.porta,
      nomes.map((procedure_name) => ({
        method: 'register_procedure',
        params: { procedure_name, address: '127.0.0.1', port: 8005, ttl_s: 3600 },
      })),
    );
    const [primeiro, ...outros] = nomes;
    const procurar = (procedure_name: string) => montarChamada('lookup_procedure', { procedure_name });
    await nu.responder(await chamar(binder.porta, 'lookup_procedure', { procedure_name: primeiro }));
    const fontes = Array.from({ length: CONEXOES }, () => fonteFixa(procurar(primeiro), ...outros.map(procurar)));
    const { real, base } = await alternar(
      {
        real: () => medirVazao(binder.porta, { fontes, duracaoMs }),
        base: () => medirVazao(nu.porta, { fontes, duracaoMs }),
      },
      rodadas,
    );
    linha(linhaDeVazao('lookup_procedure, 1.000 nomes', real, base, { meta: razaoMinima(0.8) }));
  },
};
