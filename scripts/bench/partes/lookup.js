import { chamar, chamarTodos } from '../chamadas.js';
import { montarChamada } from '../http.js';
import { linhaDeVazao, razaoMinima } from '../linhas.js';
import { iniciar, iniciarNu } from '../processos.js';
import { alternar } from '../rodadas.js';
import { fonteFixa, medirVazao } from '../vazao.js';

const NOMES = 1_000;
const CONEXOES = 32;

export const LOOKUP = {
  nome: 'lookup',
  descricao: 'lookup_procedure, 1.000 nomes registrados, 32 conexões',
  medir: async ({ abertos, rodadas, duracaoMs, linha }) => {
    const binder = await iniciar(abertos, 'binder', ['--porta', '0']);
    const nu = await iniciarNu(abertos);
    const nomes = Array.from({ length: NOMES }, (_, indice) => `procedimento_${String(indice).padStart(4, '0')}`);
    await chamarTodos(
      binder.porta,
      nomes.map((procedure_name) => ({
        method: 'register_procedure',
        params: { procedure_name, address: '127.0.0.1', port: 8005, ttl_s: 3600 },
      })),
    );
    await nu.responder(await chamar(binder.porta, 'lookup_procedure', { procedure_name: nomes[0] }));
    const chamadas = nomes.map((procedure_name) => montarChamada('lookup_procedure', { procedure_name }));
    const fontes = Array.from({ length: CONEXOES }, () => fonteFixa(...chamadas));
    const { real, base } = await alternar(
      {
        real: () => medirVazao({ porta: binder.porta, fontes, duracaoMs }),
        base: () => medirVazao({ porta: nu.porta, fontes, duracaoMs }),
      },
      rodadas,
    );
    linha(linhaDeVazao('lookup_procedure, 1.000 nomes', real, base, { meta: razaoMinima(0.8) }));
  },
};
