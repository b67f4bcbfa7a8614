import { memoriaBytes, picoDeMemoriaBytes } from '../../comum/consumo.ts';
import { abrirSistema, type Parte } from '../bancada.ts';
import { resultadoDe, ultimoIdDe } from '../chamadas/chamadas.ts';
import { conferir, lerTudo } from '../chamadas/conferencia.ts';
import { fonteDeEnvios } from '../chamadas/envios.ts';
import { montarChamada } from '../chamadas/http.ts';
import { type Fonte, medirVazao } from '../chamadas/vazao.ts';
import { valorMaximo } from '../medidas/linhas.ts';
import { SALAS_DO_MILHAO, type SalaDoMilhao, semearMilhao } from '../milhao.ts';

const DURACAO_MS = 8_000;
const MB = 1_000_000;
const SALAS_CONFERIDAS = 50;

/** Em toda sala alguém lê as últimas, envia e lista, sem parar. */
function fonteDeUso({ nome, usuarios: [usuario] }: SalaDoMilhao, confirmadas: Buffer[]): Fonte {
  const envios = fonteDeEnvios(usuario, nome);
  const ler = montarChamada('receber_mensagens', { nomeUsuario: usuario.nome, salaAtual: nome }, usuario.token);
  const listar = montarChamada('listar_usuarios', {}, usuario.token);
  let numero = -1;
  return {
    proximo: () => {
      numero = (numero + 1) % 3;
      return numero === 0 ? ler : numero === 1 ? envios.proximo() : listar;
    },
    aoResponder: (corpo) => {
      if (numero === 1) confirmadas.push(corpo);
    },
  };
}

export const MEMORIA: Parte = {
  nome: 'memoria',
  descricao: 'memória do servidor com 1.000.000 de mensagens em disco e 1.000 salas em uso',
  medir: async (bancada) => {
    const { linha, conferencia } = bancada;
    const pasta = await semearMilhao(bancada);
    const { servidor } = await abrirSistema(bancada, pasta);
    const { porta, pid } = servidor;
    const conferidas: { readonly sala: SalaDoMilhao; readonly desde: number; readonly confirmadas: Buffer[] }[] = [];
    for (const sala of SALAS_DO_MILHAO.slice(0, SALAS_CONFERIDAS)) {
      conferidas.push({ sala, desde: await ultimoIdDe(porta, sala.usuarios[0], sala.nome), confirmadas: [] });
    }
    const fontes = SALAS_DO_MILHAO.map((sala, indice) => fonteDeUso(sala, conferidas[indice]?.confirmadas ?? []));
    const partida = memoriaBytes(pid);
    await medirVazao(porta, { fontes, duracaoMs: DURACAO_MS });
    const emUso = memoriaBytes(pid);
    const pico = picoDeMemoriaBytes(pid);

    for (const { sala, desde, confirmadas } of conferidas) {
      const suas = confirmadas.map((corpo) => resultadoDe(corpo));
      for (const usuario of sala.usuarios) {
        const recebidas = await lerTudo(porta, usuario, sala.nome, desde);
        conferencia(0, suas.length, conferir(usuario.nome, suas, recebidas));
      }
      conferencia(suas.length, 0, []);
    }
    linha({
      medida: 'memória, 1.000.000 em disco, 1.000 salas em uso',
      valor: emUso / MB,
      unidade: 'MB',
      ao_lado: partida / MB,
      ao_lado_de: 'antes do uso',
      pior: pico === undefined ? undefined : pico / MB,
      meta: valorMaximo(150),
    });
  },
};
