/** Um envio: quem pode mandar o quê a quem, e a repetição, que dá a primeira mensagem e não grava outra. */

import type { Enviada, Envio } from '../store.ts';
import { TODOS } from './banco/schema.ts';
import type { Donos } from './donos.ts';
import type { Gravacoes } from './gravacoes.ts';
import type { Repeticoes } from './tabelas/repeticoes.ts';
import type { Salas } from './tabelas/salas.ts';
import type { Sessoes } from './tabelas/sessoes.ts';

interface Dependencias {
  readonly sessoes: Sessoes;
  readonly salas: Salas;
  readonly donos: Donos;
  readonly repeticoes: Repeticoes;
  readonly gravacoes: Gravacoes;
}

export class Envios {
  readonly #deps: Dependencias;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
  }

  /** @param ocuparLugar chamado por último, antes de gravar */
  enviar({ sessaoId, nomeSala, conteudo, destinatario, chave }: Envio, ocuparLugar: () => void): Enviada {
    const { sessoes, salas, donos, repeticoes, gravacoes } = this.#deps;
    const remetente = sessoes.exigir(sessaoId);
    const chaveDeRepeticao = chave === undefined ? undefined : { sessaoId, chave };
    const primeira = chaveDeRepeticao && repeticoes.mensagemDe(chaveDeRepeticao);
    if (primeira) return { mensagem: primeira, repetida: true };
    const sala = salas.exigirPresenca(remetente, nomeSala);
    donos.exigirVoz(sala, remetente.sessao, destinatario);
    const quemRecebe = destinatario === undefined ? undefined : sessoes.exigirNaSala(destinatario, sala);
    ocuparLugar();

    const privada = quemRecebe && {
      destino: quemRecebe.nome,
      visivelPara: quemRecebe.id === sessaoId ? [sessaoId] : [sessaoId, quemRecebe.id],
    };
    const origem = remetente.sessao.nome;
    const mensagem = gravacoes.gravar({ sala, origem, privada, conteudo, chave: chaveDeRepeticao });
    if (chaveDeRepeticao) {
      repeticoes.inserir(chaveDeRepeticao, sala.id, privada ? sessaoId : TODOS, mensagem.id);
    }
    return { mensagem, repetida: false };
  }
}
