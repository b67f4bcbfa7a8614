import { chamar, chamarTodos, povoarSala, registrarUsuarios, resultadoDe, ultimasDe } from '../chamadas.js';
import { conferir, lerTudo } from '../conferencia.js';
import { fonteDeEnvios } from '../envios.js';
import { textoDaMensagem } from '../identidades.js';
import { linhaDeVazao, razaoMinima } from '../linhas.js';
import { iniciarNu, iniciarSistema } from '../processos.js';
import { alternar } from '../rodadas.js';
import { medirVazao } from '../vazao.js';

const SALAS = 8;
const USUARIOS_POR_SALA = 4;
const PRIVADAS_POR_USUARIO = 20;

export const ENVIAR = {
  nome: 'enviar',
  descricao: 'enviar_mensagem, confirmada em disco, 32 usuários em 8 salas',
  medir: async ({ abertos, rodadas, duracaoMs, linha, conferencia }) => {
    const { servidor } = await iniciarSistema(abertos);
    const { porta } = servidor;
    const nu = await iniciarNu(abertos);
    const salas = [];
    for (let indice = 0; indice < SALAS; indice += 1) {
      const usuarios = await registrarUsuarios(porta, `autor${indice}.`, USUARIOS_POR_SALA);
      const sala = { nome: `sala ${indice}`, usuarios, confirmadas: [] };
      await povoarSala(porta, sala.nome, usuarios);
      const [ultima] = (await ultimasDe(porta, usuarios[0], sala.nome)).slice(-1);
      salas.push({ ...sala, desde: ultima.id });
    }

    const amostra = { nomeUsuario: salas[0].usuarios[0].nome, salaAtual: salas[0].nome, mensagem: textoDaMensagem(0) };
    const enviada = await chamar(porta, 'enviar_mensagem', amostra, salas[0].usuarios[0].token);
    salas[0].desde = enviada.id;
    await nu.responder(enviada);

    const fontes = salas.flatMap((sala) =>
      sala.usuarios.map((usuario) => fonteDeEnvios(usuario, sala.nome, (corpo) => sala.confirmadas.push(corpo))),
    );
    const semGuardar = fontes.map(({ proximo }) => ({ proximo }));
    const { real, base } = await alternar(
      {
        real: () => medirVazao({ porta, fontes, duracaoMs }),
        base: () => medirVazao({ porta: nu.porta, fontes: semGuardar, duracaoMs }),
      },
      rodadas,
    );
    linha(linhaDeVazao('enviar_mensagem, 32 usuários, 8 salas', real, base, { meta: razaoMinima(0.45) }));

    for (const sala of salas) await conferirSala(porta, sala, conferencia);
  },
};

/** As de todos e, depois da medida, também privadas: quem não é parte numa delas não pode recebê-la. */
async function conferirSala(porta, { nome: salaAtual, usuarios, confirmadas: corpos, desde }, conferencia) {
  const deTodos = corpos.map(resultadoDe);
  const privadas = await chamarTodos(
    porta,
    Array.from({ length: PRIVADAS_POR_USUARIO * usuarios.length }, (_, indice) => {
      const { nome, token } = usuarios[indice % usuarios.length];
      const destinatario = usuarios[(indice + 1) % usuarios.length].nome;
      const params = { nomeUsuario: nome, salaAtual, mensagem: textoDaMensagem(indice), destinatario };
      return { method: 'enviar_mensagem', params, token };
    }),
  );
  const confirmadas = [...deTodos, ...privadas];
  for (const usuario of usuarios) {
    const suas = confirmadas.filter(({ tipo, origem, destino }) => {
      return tipo === 'broadcast' || origem === usuario.nome || destino === usuario.nome;
    });
    const recebidas = await lerTudo(porta, usuario, salaAtual, desde);
    conferencia(0, suas.length, conferir(usuario.nome, suas, recebidas));
  }
  conferencia(confirmadas.length, 0, []);
}
