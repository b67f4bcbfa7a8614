/** O que uma opção do servidor custa a quem envia: o mesmo servidor com ela e sem ela, em rodadas alternadas. */

import type { Bancada } from '../bancada.ts';
import { povoarSala, registrarUsuarios } from '../chamadas/chamadas.ts';
import { fonteDeEnvios } from '../chamadas/envios.ts';
import { medirVazao } from '../chamadas/vazao.ts';
import { mediana, resumirRazoes } from '../medidas/estatistica.ts';
import { linhaDeVazao, type Meta, razaoMaxima, razaoMinima } from '../medidas/linhas.ts';
import { alternar } from '../medidas/rodadas.ts';
import { abrirEmbutido, medirGasto } from '../sistemas.ts';

const USUARIOS = 16;
const SALA = 'sala';
const US_POR_MS = 1_000;

/**
 * @param argumentos a opção, com o seu valor
 * @param custo que parte ela pode custar: 0 seria de graça
 */
export async function medirCustoDaOpcao(
  bancada: Bancada,
  argumentos: readonly [string, ...string[]],
  custo: number,
): Promise<void> {
  const { rodadas, duracaoMs, linha } = bancada;
  const montar = async (comQue: readonly string[]) => {
    const sistema = await abrirEmbutido(bancada, ...comQue);
    const [porta] = sistema.portas;
    const usuarios = await registrarUsuarios(porta, 'autor', USUARIOS);
    await povoarSala(porta, SALA, usuarios);
    const fontes = usuarios.map((usuario) => fonteDeEnvios(usuario, SALA));
    const cpuPorChamada: number[] = [];
    const medir = async (rodada: number) => {
      const { servidoresMs, feito } = await medirGasto(sistema, () => medirVazao(porta, { fontes, duracaoMs }));
      if (rodada >= 0) cpuPorChamada.push((servidoresMs * US_POR_MS) / feito.chamadas);
      return feito;
    };
    return { medir, cpuPorChamada };
  };
  const [com, sem, igual] = [await montar(argumentos), await montar([]), await montar([])];
  const { real, base } = await alternar({ real: com.medir, base: sem.medir, igual: igual.medir }, rodadas);
  const [opcao] = argumentos;
  const aoLadoDe = `sem ${opcao}`;
  linha(linhaDeVazao(`enviar_mensagem com ${opcao}`, real, base, { meta: razaoMinima(1 - custo), aoLadoDe }));
  // A vazão inclui o que os outros processos tiram dos núcleos; a CPU diz quanto a opção custa ao próprio servidor.
  const linhaDaCpu = (medida: string, cpuPorChamada: readonly number[], meta?: Meta) =>
    linha({
      medida,
      valor: mediana(cpuPorChamada),
      unidade: 'µs',
      ao_lado: mediana(sem.cpuPorChamada),
      ao_lado_de: aoLadoDe,
      razao: resumirRazoes(cpuPorChamada, sem.cpuPorChamada),
      meta,
    });
  linhaDaCpu(`enviar_mensagem com ${opcao}: CPU do servidor por chamada`, com.cpuPorChamada, razaoMaxima(1 + custo));
  // Um custo menor que a diferença entre dois servidores iguais não se distingue dela.
  linhaDaCpu(`dois servidores sem ${opcao}: CPU por chamada`, igual.cpuPorChamada);
}
