import { abrirProcesso, abrirSistema, type Parte } from '../bancada.ts';
import { povoarSala, registrarUsuarios } from '../chamadas.ts';
import { fonteDeEnvios } from '../envios.ts';
import { linhaDeVazao, razaoMinima } from '../linhas.ts';
import { alternar } from '../rodadas.ts';
import { medirVazao } from '../vazao.ts';

const USUARIOS = 16;
const SALA = 'sala';
/** O que observar pode custar. */
const META = 0.95;

export const OBSERVAR: Parte = {
  nome: 'observar',
  descricao: 'enviar_mensagem com --observar, contra o mesmo servidor sem ele',
  medir: async (bancada) => {
    const { rodadas, duracaoMs, linha } = bancada;
    const janela = await abrirProcesso(bancada, 'janela');
    const montar = async (argumentos: readonly string[]) => {
      const { servidor } = await abrirSistema(bancada, undefined, { argumentos });
      const usuarios = await registrarUsuarios(servidor.porta, 'autor', USUARIOS);
      await povoarSala(servidor.porta, SALA, usuarios);
      const fontes = usuarios.map((usuario) => fonteDeEnvios(usuario, SALA));
      return () => medirVazao(servidor.porta, { fontes, duracaoMs });
    };
    const [observado, sem] = [await montar(['--observar', janela.url]), await montar([])];
    const { real, base } = await alternar({ real: observado, base: sem }, rodadas);
    const opcoes = { meta: razaoMinima(META), aoLadoDe: 'sem --observar' };
    linha(linhaDeVazao('enviar_mensagem com --observar', real, base, opcoes));
  },
};
