import { chamar, povoarSala, registrarUsuarios, resultadoDe, ultimasDe } from '../chamadas.js';
import { fonteDeEnvios, pedidoDeEspera } from '../envios.js';
import { maior } from '../estatistica.js';
import { linhaDeVazao, razaoMinima } from '../linhas.js';
import { Ouvintes } from '../ouvintes.js';
import { iniciarNu, iniciarSistema } from '../processos.js';
import { alternar } from '../rodadas.js';
import { fonteFixa, medirVazao } from '../vazao.js';

const OUVINTES = 200;
/** Tantos quantos enviam na parte `enviar`: cada um espera a confirmação antes de enviar de novo. */
const AUTORES = 32;
const CONEXOES_NUAS = 32;
const SALA = 'geral';

export const LEQUE = {
  nome: 'leque',
  descricao: 'entregas por segundo a 200 que esperam numa sala, enquanto 32 enviam sem parar',
  medir: async ({ abertos, rodadas, duracaoMs, linha, conferencia }) => {
    const { servidor } = await iniciarSistema(abertos);
    const { porta } = servidor;
    const nu = await iniciarNu(abertos);
    const usuarios = await registrarUsuarios(porta, 'u', AUTORES + OUVINTES);
    await povoarSala(porta, SALA, usuarios);
    const autores = usuarios.slice(0, AUTORES);
    const leitores = usuarios.slice(AUTORES);
    const { id: desde } = (await ultimasDe(porta, usuarios[0], SALA)).at(-1);
    const ouvintes = await Ouvintes.abrir({ porta, usuarios: leitores, sala: SALA, desde });
    abertos.add(() => ouvintes.fechar());

    const amostra = { nomeUsuario: autores[0].nome, salaAtual: SALA, mensagem: 'a primeira' };
    const primeira = await chamar(porta, 'enviar_mensagem', amostra, autores[0].token);
    await ouvintes.ateTodosTerem(primeira.id);
    ouvintes.conferirERecomecar([]);
    await nu.responder([primeira]);
    const esperaNua = fonteFixa(pedidoDeEspera(leitores[0], SALA, 25_000)(desde));

    async function transmitir() {
      const corpos = [];
      const fontes = autores.map((autor) => fonteDeEnvios(autor, SALA, (corpo) => corpos.push(corpo)));
      const desdeMs = performance.now();
      const envios = await medirVazao({ porta, fontes, duracaoMs });
      const confirmadas = corpos.map(resultadoDe);
      await ouvintes.ateTodosTerem(maior(confirmadas.map(({ id }) => id)));
      // O tempo conta até que o último tenha a última: nada do que se conta ficou por entregar.
      const duracao = maior(ouvintes.chegadasMs()) - desdeMs;
      const entregas = confirmadas.length * leitores.length;
      conferencia(confirmadas.length, entregas, ouvintes.conferirERecomecar(confirmadas));
      return { porSegundo: (entregas * 1000) / duracao, latenciasMs: envios.latenciasMs };
    }

    const fontesNuas = Array.from({ length: CONEXOES_NUAS }, () => esperaNua);
    const { real, base } = await alternar(
      { real: transmitir, base: () => medirVazao({ porta: nu.porta, fontes: fontesNuas, duracaoMs }) },
      rodadas,
    );
    linha(linhaDeVazao('entregas a 200 (mediana e pior: do envio)', real, base, { meta: razaoMinima(8) }));
  },
};
