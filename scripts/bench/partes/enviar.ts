import type { Mensagem } from '../../../src/contract/chat.ts';
import { abrirNu, abrirSistema, type Bancada, type Parte } from '../bancada.ts';
import {
  chamar,
  chamarTodos,
  povoarSala,
  registrarUsuario,
  registrarUsuarios,
  resultadoDe,
} from '../chamadas/chamadas.ts';
import { conferir, lerTudo } from '../chamadas/conferencia.ts';
import { fonteDeEnvios } from '../chamadas/envios.ts';
import { textoDaMensagem, type Usuario } from '../chamadas/identidades.ts';
import { medirVazao } from '../chamadas/vazao.ts';
import { linhaDeVazao, razaoMinima } from '../medidas/linhas.ts';
import { alternar } from '../medidas/rodadas.ts';

const SALAS = 8;
const USUARIOS_POR_SALA = 4;
const PRIVADAS_POR_USUARIO = 20;

interface Sala {
  readonly nome: string;
  readonly usuarios: readonly Usuario[];
  /** As respostas dos envios, em bytes. */
  readonly confirmadas: Buffer[];
  /** O id depois do qual se confere. */
  readonly desde: number;
}

export const ENVIAR: Parte = {
  nome: 'enviar',
  descricao: 'enviar_mensagem, confirmada em disco, 32 usuários em 8 salas',
  medir: async (bancada) => {
    const { rodadas, duracaoMs, linha, conferencia } = bancada;
    const { servidor } = await abrirSistema(bancada);
    const { porta } = servidor;
    const nu = await abrirNu(bancada);
    const salas: Sala[] = [];
    for (let indice = 0; indice < SALAS; indice += 1) {
      const primeiro = await registrarUsuario(porta, `autor${indice}`);
      const usuarios = [primeiro, ...(await registrarUsuarios(porta, `autor${indice}.`, USUARIOS_POR_SALA - 1))];
      const nome = `sala ${indice}`;
      await povoarSala(porta, nome, usuarios);
      const amostra = { nomeUsuario: primeiro.nome, salaAtual: nome, mensagem: textoDaMensagem(0) };
      const enviada = await chamar<Mensagem>(porta, 'enviar_mensagem', amostra, primeiro.token);
      await nu.responder(enviada);
      salas.push({ nome, usuarios, confirmadas: [], desde: enviada.id });
    }

    const fontes = salas.flatMap((sala) =>
      sala.usuarios.map((usuario) => fonteDeEnvios(usuario, sala.nome, (corpo) => sala.confirmadas.push(corpo))),
    );
    const semGuardar = fontes.map(({ proximo }) => ({ proximo }));
    const { real, base } = await alternar(
      {
        real: () => medirVazao(porta, { fontes, duracaoMs }),
        base: () => medirVazao(nu.porta, { fontes: semGuardar, duracaoMs }),
      },
      rodadas,
    );
    linha(linhaDeVazao('enviar_mensagem, 32 usuários, 8 salas', real, base, { meta: razaoMinima(0.45) }));

    for (const sala of salas) await conferirSala(porta, sala, conferencia);
  },
};

/** As de todos e, depois da medida, também privadas: quem não é parte numa delas não pode recebê-la. */
async function conferirSala(
  porta: number,
  { nome: salaAtual, usuarios, confirmadas: corpos, desde }: Sala,
  conferencia: Bancada['conferencia'],
): Promise<void> {
  const deTodos = corpos.map((corpo) => resultadoDe(corpo));
  const envios = usuarios.flatMap(({ nome, token }, indice) =>
    Array.from({ length: PRIVADAS_POR_USUARIO }, (_, numero) => {
      const destinatario = usuarios[(indice + 1) % usuarios.length]?.nome;
      const params = { nomeUsuario: nome, salaAtual, mensagem: textoDaMensagem(numero), destinatario };
      return { method: 'enviar_mensagem', params, token };
    }),
  );
  const privadas = await chamarTodos<Mensagem>(porta, envios);
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
