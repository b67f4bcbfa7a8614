import { resultadoDe, ultimasDe } from '../chamadas.js';
import { conferir, lerTudo } from '../conferencia.js';
import { memoriaBytes, picoDeMemoriaBytes } from '../consumo.js';
import { fonteDeEnvios } from '../envios.js';
import { montarChamada } from '../http.js';
import { valorMaximo } from '../linhas.js';
import { SALAS_DO_MILHAO, semearMilhao } from '../milhao.js';
import { iniciarSistema } from '../processos.js';
import { medirVazao } from '../vazao.js';

const DURACAO_MS = 8_000;
const MB = 1_000_000;
const SALAS_CONFERIDAS = 50;

/** Em toda sala alguém lê as últimas, envia e lista, sem parar. */
function fonteDeUso(sala, usuario, confirmadas) {
  const envios = fonteDeEnvios(usuario, sala.nome);
  const ler = montarChamada('receber_mensagens', { nomeUsuario: usuario.nome, salaAtual: sala.nome }, usuario.token);
  const listar = montarChamada('listar_usuarios', {}, usuario.token);
  const vezes = [() => ler, () => envios.proximo(), () => listar];
  let vez = -1;
  return {
    proximo: () => {
      vez = (vez + 1) % vezes.length;
      return vezes[vez]();
    },
    aoResponder: (corpo) => {
      if (vez === 1) confirmadas.push(corpo);
    },
  };
}

export const MEMORIA = {
  nome: 'memoria',
  descricao: 'memória do servidor com 1.000.000 de mensagens em disco e 1.000 salas em uso',
  medir: async (bancada) => {
    const { abertos, linha, conferencia } = bancada;
    const pasta = await semearMilhao(bancada);
    const { servidor } = await iniciarSistema(abertos, { dados: pasta });
    const { porta, pid } = servidor;
    const conferidas = [];
    for (const sala of SALAS_DO_MILHAO.slice(0, SALAS_CONFERIDAS)) {
      const [ultima] = (await ultimasDe(porta, sala.usuarios[0], sala.nome)).slice(-1);
      conferidas.push({ sala, desde: ultima.id, confirmadas: [] });
    }
    const fontes = SALAS_DO_MILHAO.map((sala, indice) =>
      fonteDeUso(sala, sala.usuarios[0], conferidas[indice]?.confirmadas ?? []),
    );
    const partida = memoriaBytes(pid);
    await medirVazao({ porta, fontes, duracaoMs: DURACAO_MS });
    const emUso = memoriaBytes(pid);
    const pico = picoDeMemoriaBytes(pid);

    for (const { sala, desde, confirmadas } of conferidas) {
      const suas = confirmadas.map(resultadoDe);
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
