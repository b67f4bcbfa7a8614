import type { Mensagem } from '../../../src/contract/chat.ts';
import { abrirNu, abrirSistema, type Parte, pastaDaParte } from '../bancada.ts';
import { chamar, ultimasDe } from '../chamadas/chamadas.ts';
import { fonteDeEnvios } from '../chamadas/envios.ts';
import { montarChamada } from '../chamadas/http.ts';
import { usuarioDe, usuariosDe } from '../chamadas/identidades.ts';
import { type Fonte, fonteFixa, medirVazao } from '../chamadas/vazao.ts';
import { linhaDeVazao, razaoMinima } from '../medidas/linhas.ts';
import { alternar } from '../medidas/rodadas.ts';
import { type PlanoDeSala, semear } from '../semeadura.ts';

const USUARIOS = 32;
const MUITAS = 100_000;
const POUCAS = 100;
/** O que grava faz a sala pequena crescer: em pouco tempo, e numa nova a cada rodada, ela continua pequena. */
const FRACAO_DE_QUEM_GRAVA = 0.3;
const META = 0.9;

/** Duas salas de cada tamanho, para quem entra numa e na outra; a segunda não tem usuários. */
function planejar(nome: string, mensagens: number): PlanoDeSala[] {
  const sala = (qual: string) => ({ nome: `${nome} ${qual}`, mensagens });
  return [
    { ...sala('a'), prefixo: `${nome}.`, usuarios: USUARIOS },
    { ...sala('b'), prefixo: `${nome}.b`, usuarios: 1 },
  ];
}

interface Comparada {
  /** O que o servidor nu responde. */
  readonly amostra: unknown;
  /** A sala pequena de cada rodada. */
  readonly pequenaDa?: (rodada: number) => string;
  /** Quanto da duração da medida se usa. */
  readonly fracao?: number;
}

export const PLANURA_DAS_SALAS: Parte = {
  nome: 'planura-salas',
  descricao: 'o mesmo custo com 100.000 mensagens na sala e com 100: ler, enviar, entrar',
  medir: async (bancada) => {
    const { rodadas, duracaoMs, linha } = bancada;
    const pasta = pastaDaParte(bancada);
    const pequenas = Array.from({ length: 2 * (rodadas + 1) }, (_, indice) => `pequena${indice}`);
    const salas = [planejar('grande', MUITAS), ...pequenas.map((nome) => planejar(nome, POUCAS))].flat();
    await semear(bancada, { pasta, salas });
    const { servidor } = await abrirSistema(bancada, pasta, {
      argumentos: ['--usuario-ausente', '3600', '--sala-inativa', '3600'],
    });
    const { porta } = servidor;
    const nu = await abrirNu(bancada);
    const pequena = (qual: number) => `pequena${qual}`;
    const usuariosEm = (nome: string) => usuariosDe(`${nome}.`, USUARIOS);

    /** @param fontesEm as fontes que agem sobre uma sala */
    async function comparar(
      medida: string,
      fontesEm: (nome: string) => Fonte[],
      { pequenaDa = () => pequena(0), fracao = 1, amostra }: Comparada,
    ): Promise<void> {
      await nu.responder(amostra);
      const duracao = duracaoMs * fracao;
      const fontesNuas = fontesEm('grande');
      const { muitas, poucas, base } = await alternar(
        {
          muitas: () => medirVazao(porta, { fontes: fontesEm('grande'), duracaoMs: duracao }),
          poucas: (rodada: number) => medirVazao(porta, { fontes: fontesEm(pequenaDa(rodada)), duracaoMs: duracao }),
          base: () => medirVazao(nu.porta, { fontes: fontesNuas, duracaoMs: duracao }),
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

    const ultimasEm = (nome: string) => ultimasDe(porta, usuarioDe(`${nome}.`, 0), `${nome} a`);
    const lerEm = (nome: string, extra: object) =>
      usuariosEm(nome).map((usuario) => {
        const params = { nomeUsuario: usuario.nome, salaAtual: `${nome} a`, ...extra };
        return fonteFixa(montarChamada('receber_mensagens', params, usuario.token));
      });
    const ultimas = new Map<string, Mensagem[]>();
    for (const nome of ['grande', pequena(0)]) ultimas.set(nome, await ultimasEm(nome));

    // Com uma nova: quem nada acha não volta ao arquivo, e o que se quer medir é o arquivo.
    await comparar('uma nova', (nome) => lerEm(nome, { desde: ultimas.get(nome)?.at(-2)?.id }), {
      amostra: ultimas.get('grande')?.slice(-1),
    });
    await comparar('últimas 50', (nome) => lerEm(nome, {}), { amostra: ultimas.get('grande') });

    const primeira = usuarioDe('grande.', 0);
    const paramsDoEnvio = { nomeUsuario: primeira.nome, salaAtual: 'grande a', mensagem: 'amostra' };
    await comparar('enviar', (nome) => usuariosEm(nome).map((usuario) => fonteDeEnvios(usuario, `${nome} a`)), {
      amostra: await chamar(porta, 'enviar_mensagem', paramsDoEnvio, primeira.token),
      pequenaDa: (rodada) => pequena(1 + rodada),
      fracao: FRACAO_DE_QUEM_GRAVA,
    });

    const entrarEm = (nome: string) =>
      usuariosEm(nome).map(({ nome: nomeUsuario, token }) => {
        const entrar = (qual: string) =>
          montarChamada('entrar_sala', { nomeUsuario, nomeSala: `${nome} ${qual}` }, token);
        return fonteFixa(entrar('b'), entrar('a'));
      });
    const paramsDaEntrada = { nomeUsuario: primeira.nome, nomeSala: 'grande a' };
    await comparar('entrar na sala', entrarEm, {
      amostra: await chamar(porta, 'entrar_sala', paramsDaEntrada, primeira.token),
      pequenaDa: (rodada) => pequena(2 + rodadas + rodada),
      fracao: FRACAO_DE_QUEM_GRAVA,
    });
  },
};
