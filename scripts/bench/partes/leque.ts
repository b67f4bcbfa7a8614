import type { Mensagem } from '../../../src/contract/chat.ts';
import { abrirNu, abrirSistema, type Parte } from '../bancada.ts';
import {
  chamar,
  povoarSala,
  registrarUsuario,
  registrarUsuarios,
  resultadoDe,
  ultimoIdDe,
} from '../chamadas/chamadas.ts';
import { fonteDeEnvios, pedidoDeEspera } from '../chamadas/envios.ts';
import { Ouvintes } from '../chamadas/ouvintes.ts';
import { fonteFixa, medirVazao } from '../chamadas/vazao.ts';
import { maior } from '../medidas/estatistica.ts';
import { linhaDeVazao, razaoMinima } from '../medidas/linhas.ts';
import { alternar, type Rodada } from '../medidas/rodadas.ts';

const OUVINTES = 200;
/** Tantos quantos enviam na parte `enviar`: cada um espera a confirmação antes de enviar de novo. */
const AUTORES = 32;
const CONEXOES_NUAS = 32;
const SALA = 'geral';

export const LEQUE: Parte = {
  nome: 'leque',
  descricao: 'entregas por segundo a 200 que esperam numa sala, enquanto 32 enviam sem parar',
  medir: async (bancada) => {
    const { pilha, rodadas, duracaoMs, linha, conferencia } = bancada;
    const { servidor } = await abrirSistema(bancada);
    const { porta } = servidor;
    const nu = await abrirNu(bancada);
    const primeiro = await registrarUsuario(porta, 'autor');
    const autores = [primeiro, ...(await registrarUsuarios(porta, 'a', AUTORES - 1))];
    const leitores = await registrarUsuarios(porta, 'u', OUVINTES);
    await povoarSala(porta, SALA, [...autores, ...leitores]);
    const desde = await ultimoIdDe(porta, primeiro, SALA);
    const ouvintes = await Ouvintes.abrir({ porta, usuarios: leitores, sala: SALA, desde });
    pilha.defer(() => ouvintes.fechar());

    const amostra = { nomeUsuario: primeiro.nome, salaAtual: SALA, mensagem: 'a primeira' };
    const primeira = await chamar<Mensagem>(porta, 'enviar_mensagem', amostra, primeiro.token);
    await ouvintes.ateTodosTerem(primeira.id);
    ouvintes.conferirERecomecar([]);
    await nu.responder([primeira]);
    const esperaNua = fonteFixa(pedidoDeEspera(primeiro, SALA, 25_000)(desde));

    async function transmitir(): Promise<Rodada> {
      const corpos: Buffer[] = [];
      const fontes = autores.map((autor) => fonteDeEnvios(autor, SALA, (corpo) => corpos.push(corpo)));
      const desdeMs = performance.now();
      const envios = await medirVazao(porta, { fontes, duracaoMs });
      const confirmadas = corpos.map((corpo) => resultadoDe(corpo));
      await ouvintes.ateTodosTerem(maior(confirmadas.map(({ id }) => id)));
      // O tempo conta até que o último tenha a última: nada do que se conta ficou por entregar.
      const duracao = maior(ouvintes.chegadasMs()) - desdeMs;
      const entregas = confirmadas.length * leitores.length;
      conferencia(confirmadas.length, entregas, ouvintes.conferirERecomecar(confirmadas));
      return { porSegundo: (entregas * 1000) / duracao, latenciasMs: envios.latenciasMs };
    }

    const fontesNuas = Array.from({ length: CONEXOES_NUAS }, () => esperaNua);
    const { real, base } = await alternar(
      { real: transmitir, base: () => medirVazao(nu.porta, { fontes: fontesNuas, duracaoMs }) },
      rodadas,
    );
    linha(linhaDeVazao('entregas a 200 (mediana e pior: do envio)', real, base, { meta: razaoMinima(8) }));
  },
};
