import { chamar, ultimasDe } from '../chamadas.js';
import { fonteDeEnvios } from '../envios.js';
import { montarChamada } from '../http.js';
import { usuariosDe } from '../identidades.js';
import { linhaDeVazao, razaoMinima } from '../linhas.js';
import { iniciarNu, iniciarSistema, pastaTemporaria } from '../processos.js';
import { alternar } from '../rodadas.js';
import { semear } from '../semeadura.js';
import { fonteFixa, medirVazao } from '../vazao.js';

const USUARIOS = 32;
const MUITAS = 100_000;
const POUCAS = 100;
/** O que grava faz a sala pequena crescer: em pouco tempo, e numa nova a cada rodada, ela continua pequena. */
const FRACAO_DE_QUEM_GRAVA = 0.3;
const META = 0.9;

/** Duas salas de cada tamanho, para quem entra numa e na outra; a segunda não tem usuários. */
function planejar(nome, mensagens) {
  const sala = (qual) => ({ nome: `${nome} ${qual}`, mensagens });
  return [
    { ...sala('a'), prefixo: `${nome}.`, usuarios: USUARIOS },
    { ...sala('b'), prefixo: `${nome}.b`, usuarios: 1 },
  ];
}

export const PLANURA_DAS_SALAS = {
  nome: 'planura-salas',
  descricao: 'o mesmo custo com 100.000 mensagens na sala e com 100: ler, enviar, entrar',
  medir: async ({ abertos, rodadas, duracaoMs, linha }) => {
    const pasta = pastaTemporaria(abertos);
    const pequenas = Array.from({ length: 2 * (rodadas + 1) }, (_, indice) => `pequena${indice}`);
    const salas = [planejar('grande', MUITAS), ...pequenas.map((nome) => planejar(nome, POUCAS))].flat();
    await semear(abertos, { pasta, salas });
    const { servidor } = await iniciarSistema(abertos, {
      dados: pasta,
      extras: ['--usuario-ausente', '3600', '--sala-inativa', '3600'],
    });
    const { porta } = servidor;
    const nu = await iniciarNu(abertos);
    const usuariosEm = (nome) => usuariosDe(`${nome}.`, USUARIOS);

    /** @param fontesEm as fontes que agem sobre uma sala */
    async function comparar(medida, fontesEm, { pequenaDa = () => pequenas[0], fracao = 1, amostra }) {
      await nu.responder(amostra);
      const duracao = duracaoMs * fracao;
      const fontesNuas = fontesEm('grande');
      const { muitas, poucas, base } = await alternar(
        {
          muitas: () => medirVazao({ porta, fontes: fontesEm('grande'), duracaoMs: duracao }),
          poucas: (rodada) => medirVazao({ porta, fontes: fontesEm(pequenaDa(rodada)), duracaoMs: duracao }),
          base: () => medirVazao({ porta: nu.porta, fontes: fontesNuas, duracaoMs: duracao }),
        },
        rodadas,
      );
      linha(linhaDeVazao(`${medida}: 100.000`, muitas, base, {}));
      linha(
        linhaDeVazao(`${medida}: 100.000 contra 100`, muitas, poucas, {
          meta: razaoMinima(META),
          aoLadoDe: 'a sala com 100',
        }),
      );
    }

    const ultimasEm = (nome) => ultimasDe(porta, usuariosEm(nome)[0], `${nome} a`);
    const lerEm = (nome, extra) =>
      usuariosEm(nome).map((usuario) => {
        const params = { nomeUsuario: usuario.nome, salaAtual: `${nome} a`, ...extra };
        return fonteFixa(montarChamada('receber_mensagens', params, usuario.token));
      });
    const ultimas = new Map();
    for (const nome of ['grande', pequenas[0]]) ultimas.set(nome, await ultimasEm(nome));

    await comparar('nada novo', (nome) => lerEm(nome, { desde: ultimas.get(nome).at(-1).id }), { amostra: [] });
    await comparar('últimas 50', (nome) => lerEm(nome, {}), { amostra: ultimas.get('grande') });

    const primeira = usuariosEm('grande')[0];
    const paramsDoEnvio = { nomeUsuario: primeira.nome, salaAtual: 'grande a', mensagem: 'amostra' };
    await comparar('enviar', (nome) => usuariosEm(nome).map((usuario) => fonteDeEnvios(usuario, `${nome} a`)), {
      amostra: await chamar(porta, 'enviar_mensagem', paramsDoEnvio, primeira.token),
      pequenaDa: (rodada) => pequenas[1 + rodada],
      fracao: FRACAO_DE_QUEM_GRAVA,
    });

    const entrarEm = (nome) =>
      usuariosEm(nome).map(({ nome: nomeUsuario, token }) =>
        fonteFixa(
          ...['b', 'a'].map((qual) =>
            montarChamada('entrar_sala', { nomeUsuario, nomeSala: `${nome} ${qual}` }, token),
          ),
        ),
      );
    const paramsDaEntrada = { nomeUsuario: primeira.nome, nomeSala: 'grande a' };
    await comparar('entrar na sala', entrarEm, {
      amostra: await chamar(porta, 'entrar_sala', paramsDaEntrada, primeira.token),
      pequenaDa: (rodada) => pequenas[2 + rodadas + rodada],
      fracao: FRACAO_DE_QUEM_GRAVA,
    });
  },
};
