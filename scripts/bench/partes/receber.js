import { chamar, povoarSala, registrarUsuarios, ultimasDe } from '../chamadas.js';
import { montarChamada } from '../http.js';
import { textoDaMensagem } from '../identidades.js';
import { linhaDeVazao, razaoMinima } from '../linhas.js';
import { iniciarNu, iniciarSistema } from '../processos.js';
import { alternar } from '../rodadas.js';
import { fonteFixa, medirVazao } from '../vazao.js';

const USUARIOS = 32;
const MENSAGENS = 100;
const NOVAS = 10;
const SALA = 'geral';

export const RECEBER = {
  nome: 'receber',
  descricao: 'receber_mensagens com `desde`, sem esperar: nada novo, e 10 novas',
  medir: async ({ abertos, rodadas, duracaoMs, linha }) => {
    const { servidor } = await iniciarSistema(abertos);
    const nu = await iniciarNu(abertos);
    const usuarios = await registrarUsuarios(servidor.porta, 'leitor', USUARIOS);
    await povoarSala(servidor.porta, SALA, usuarios);
    const [{ nome, token }] = usuarios;
    for (let numero = 0; numero < MENSAGENS; numero += 1) {
      const params = { nomeUsuario: nome, salaAtual: SALA, mensagem: textoDaMensagem(numero) };
      await chamar(servidor.porta, 'enviar_mensagem', params, token);
    }
    const ultimas = await ultimasDe(servidor.porta, usuarios[0], SALA);

    async function medir(medida, desde, meta) {
      const paramsDe = (usuario) => ({ nomeUsuario: usuario.nome, salaAtual: SALA, desde });
      await nu.responder(await chamar(servidor.porta, 'receber_mensagens', paramsDe(usuarios[0]), token));
      const fontes = usuarios.map((usuario) =>
        fonteFixa(montarChamada('receber_mensagens', paramsDe(usuario), usuario.token)),
      );
      const { real, base } = await alternar(
        {
          real: () => medirVazao({ porta: servidor.porta, fontes, duracaoMs }),
          base: () => medirVazao({ porta: nu.porta, fontes, duracaoMs }),
        },
        rodadas,
      );
      linha(linhaDeVazao(medida, real, base, { meta }));
    }

    await medir('receber_mensagens, nada novo', ultimas.at(-1).id, razaoMinima(0.7));
    await medir('receber_mensagens, 10 novas', ultimas.at(-1 - NOVAS).id, razaoMinima(0.55));
  },
};
