import type { Mensagem } from '../../../src/contract/chat.ts';
import { abrirNu, abrirSistema, type Parte } from '../bancada.ts';
import { chamar, povoarSala, registrarUsuario, registrarUsuarios, ultimasDe } from '../chamadas/chamadas.ts';
import { montarChamada } from '../chamadas/http.ts';
import { textoDaMensagem, type Usuario } from '../chamadas/identidades.ts';
import { fonteFixa, medirVazao } from '../chamadas/vazao.ts';
import { linhaDeVazao, type Meta, razaoMinima } from '../medidas/linhas.ts';
import { alternar } from '../medidas/rodadas.ts';

const USUARIOS = 32;
const MENSAGENS = 100;
const NOVAS = 10;
const SALA = 'geral';

export const RECEBER: Parte = {
  nome: 'receber',
  descricao: 'receber_mensagens com `desde`, sem esperar: nada novo, e 10 novas',
  medir: async (bancada) => {
    const { rodadas, duracaoMs, linha } = bancada;
    const { servidor } = await abrirSistema(bancada);
    const nu = await abrirNu(bancada);
    const autor = await registrarUsuario(servidor.porta, 'autor');
    const usuarios = [autor, ...(await registrarUsuarios(servidor.porta, 'leitor', USUARIOS - 1))];
    await povoarSala(servidor.porta, SALA, usuarios);
    const { nome, token } = autor;
    for (let numero = 0; numero < MENSAGENS; numero += 1) {
      const params = { nomeUsuario: nome, salaAtual: SALA, mensagem: textoDaMensagem(numero) };
      await chamar(servidor.porta, 'enviar_mensagem', params, token);
    }
    const ultimas = await ultimasDe(servidor.porta, autor, SALA);

    async function medir(medida: string, depoisDe: Mensagem | undefined, meta: Meta): Promise<void> {
      const desde = depoisDe?.id ?? 0;
      const paramsDe = (usuario: Usuario) => ({ nomeUsuario: usuario.nome, salaAtual: SALA, desde });
      await nu.responder(await chamar(servidor.porta, 'receber_mensagens', paramsDe(autor), token));
      const fontes = usuarios.map((usuario) =>
        fonteFixa(montarChamada('receber_mensagens', paramsDe(usuario), usuario.token)),
      );
      const { real, base } = await alternar(
        {
          real: () => medirVazao(servidor.porta, { fontes, duracaoMs }),
          base: () => medirVazao(nu.porta, { fontes, duracaoMs }),
        },
        rodadas,
      );
      linha(linhaDeVazao(medida, real, base, { meta }));
    }

    await medir('receber_mensagens, nada novo', ultimas.at(-1), razaoMinima(0.7));
    await medir('receber_mensagens, 10 novas', ultimas.at(-1 - NOVAS), razaoMinima(0.55));
  },
};
