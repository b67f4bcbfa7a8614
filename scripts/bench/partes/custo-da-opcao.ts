/** O que uma opção do servidor custa a quem envia: o mesmo servidor com ela e sem ela, em rodadas alternadas. */

import { abrirSistema, type Bancada } from '../bancada.ts';
import { povoarSala, registrarUsuarios } from '../chamadas.ts';
import { fonteDeEnvios } from '../envios.ts';
import { linhaDeVazao, razaoMinima } from '../linhas.ts';
import { alternar } from '../rodadas.ts';
import { medirVazao } from '../vazao.ts';

const USUARIOS = 16;
const SALA = 'sala';

/**
 * @param argumentos a opção, com o seu valor
 * @param meta quanto da vazão tem de sobrar: 1 seria de graça
 */
export async function medirCustoDaOpcao(
  bancada: Bancada,
  argumentos: readonly [string, ...string[]],
  meta: number,
): Promise<void> {
  const { rodadas, duracaoMs, linha } = bancada;
  const montar = async (comQue: readonly string[]) => {
    const { servidor } = await abrirSistema(bancada, undefined, { argumentos: comQue });
    const usuarios = await registrarUsuarios(servidor.porta, 'autor', USUARIOS);
    await povoarSala(servidor.porta, SALA, usuarios);
    const fontes = usuarios.map((usuario) => fonteDeEnvios(usuario, SALA));
    return () => medirVazao(servidor.porta, { fontes, duracaoMs });
  };
  const [com, sem] = [await montar(argumentos), await montar([])];
  const { real, base } = await alternar({ real: com, base: sem }, rodadas);
  const [opcao] = argumentos;
  const opcoes = { meta: razaoMinima(meta), aoLadoDe: `sem ${opcao}` };
  linha(linhaDeVazao(`enviar_mensagem com ${opcao}`, real, base, opcoes));
}
