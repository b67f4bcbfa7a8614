/** Uma sala sem rede, que cai e volta: o que uma pessoa envia a ela, e o que as outras dizem. */

import type { Mensagem } from '../../../src/contract/chat.ts';
import { MENSAGENS_POR_PAGINA } from '../../../src/contract/chat.ts';
import { ContractError } from '../../../src/contract/errors.ts';
import { UnreachableError } from '../../../src/rpc/client/falhas.ts';
import { ServicoDeMentira } from '../../suporte/local/servico-de-mentira.ts';

export const [EU, SALA] = ['Ana', 'Geral'] as const;
const AGORA = '2024-01-15T12:00:00.000Z';

/** Como o servidor atende: por inteiro, sem que a resposta volte, sem pressa, ou não atende. */
export type Estado = 'atende' | 'perde a resposta' | 'demora' | 'fora';

export class SalaDeMentira {
  readonly mensagens: Mensagem[] = [];
  readonly #porChave = new Map<string, Mensagem>();
  /** Quem espera por uma mudança. */
  #atentos: (() => void)[] = [];
  #estado: Estado = 'atende';
  #token = 0;
  #dentro = false;
  #saiu = false;
  #repetidas = 0;

  readonly servico = new ServicoDeMentira({
    registrar_usuario: async () => {
      this.#exigirServidor();
      this.#token += 1;
      return { nomeUsuario: EU, token: String(this.#token), sala: null };
    },
    entrar_sala: async (_params, token) => {
      this.#exigirSessao(token);
      this.#dentro = true;
      if (this.#saiu) this.mostrarDeNovo();
      this.#saiu = false;
      return { nomeSala: SALA, usuarios: [EU, 'Pedro'], mensagens: this.mensagens.slice(-MENSAGENS_POR_PAGINA) };
    },
    sair_da_sala: async (_params, token) => {
      this.#exigirSessao(token);
      this.#saiu = true;
      this.retirar();
      return { nomeSala: SALA };
    },
    listar_salas: async (_params, token) => {
      this.#exigirSessao(token);
      return [{ nomeSala: SALA, usuarios: 2 }];
    },
    receber_mensagens: async ({ desde, esperarMs }, token) => {
      for (;;) {
        this.#exigirSessao(token);
        if (!this.#dentro) throw new ContractError('FORA_DA_SALA');
        const pagina = this.mensagens.filter(({ id }) => id > (desde ?? 0)).slice(0, MENSAGENS_POR_PAGINA);
        if (pagina.length > 0 || (esperarMs ?? 0) === 0) return pagina;
        await this.#mudanca();
      }
    },
    enviar_mensagem: async ({ mensagem, destinatario, chave }, token) => {
      while (this.#estado === 'demora') await this.#mudanca();
      this.#exigirSessao(token);
      // Uma chave que já se viu responde antes de tudo (contrato, seção 5).
      if (!this.#dentro && !this.#porChave.has(chave ?? '')) throw new ContractError('FORA_DA_SALA');
      const guardada = this.#porChave.get(chave ?? '') ?? this.dizer(mensagem, EU, destinatario ?? undefined);
      this.#porChave.set(chave ?? '', guardada);
      if (this.#estado === 'perde a resposta') throw new UnreachableError('interrompida', 'A conexão caiu.');
      return guardada;
    },
    encerrar_sessao: () => true,
  });

  /** @param destino `undefined` para todos */
  dizer(conteudo: string, origem: string, destino?: string): Mensagem {
    const id = this.mensagens.length + 1;
    const tipo = destino === undefined ? 'broadcast' : 'unicast';
    const mensagem = { id, sala: SALA, tipo, origem, destino: destino ?? 'todos', conteudo, timestamp: AGORA } as const;
    this.mensagens.push(mensagem);
    this.#avisar();
    return mensagem;
  }

  /** O id até o qual uma mensagem pode estar na página mais de uma vez. */
  get repetidas(): number {
    return this.#repetidas;
  }

  /** A pessoa pede para ver de novo o que já se disse. */
  mostrarDeNovo(): void {
    this.#repetidas = this.mensagens.length;
  }

  get atende(): boolean {
    return this.#estado === 'atende';
  }

  mudar(estado: Estado): void {
    this.#estado = estado;
    this.#avisar();
  }

  /** Como a quem ficou ausente. */
  retirar(): void {
    this.#dentro = false;
    this.#avisar();
  }

  /** Como um servidor que recomeça sem nada: quem estava nele já não tem sessão. */
  esquecerSessoes(): void {
    this.#token += 1;
    this.retirar();
  }

  #exigirServidor(): void {
    if (this.#estado === 'fora') throw new UnreachableError('recusada', 'Ninguém atende.');
  }

  #exigirSessao(token: string | undefined): void {
    this.#exigirServidor();
    if (token !== String(this.#token)) throw new ContractError('NAO_AUTENTICADO');
  }

  #mudanca(): Promise<void> {
    return new Promise((resolve) => this.#atentos.push(resolve));
  }

  #avisar(): void {
    const atentos = this.#atentos;
    this.#atentos = [];
    for (const seguir of atentos) seguir();
  }
}
