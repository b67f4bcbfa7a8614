/** De um ato de uma história, que só tem números e nomes, à chamada que ele é no estado em que está o mundo. */

import type { Ato, AtoDoDono } from './historia.ts';
import type { Estado } from './modelo/estado.ts';
import type { Chamada } from './modelo/modelo.ts';

const MAXIMO_DE_SESSOES = 8;

export class Tradutor {
  readonly #estado: () => Estado;
  readonly #sufixo: string;
  #textos = 0;
  /** Marca de um texto privado → as sessões que o podem ver. */
  readonly privados = new Map<string, readonly number[]>();

  /** @param sufixo o que se acrescenta ao fim dos nomes */
  constructor(estado: () => Estado, sufixo: string) {
    this.#estado = estado;
    this.#sufixo = sufixo;
  }

  /** A sessão que um número da história quer dizer, se há alguma. */
  sessao(quem: number): number | undefined {
    return this.#estado().sessoes.length === 0 ? undefined : quem % this.#estado().sessoes.length;
  }

  /** @returns nada, se o ato não cabe no estado */
  emChamada(ato: Ato): Chamada | undefined {
    if (ato.faz === 'registrar') {
      if (this.#estado().sessoes.length >= MAXIMO_DE_SESSOES) return undefined;
      const quem = ato.comTokenDe === undefined ? undefined : this.sessao(ato.comTokenDe);
      return { method: 'registrar_usuario', params: { nomeUsuario: this.#nome(ato.nome) }, quem };
    }
    const quem = this.sessao(ato.quem);
    if (quem === undefined) return undefined;
    const sessao = this.#estado().sessoes[quem] as Estado['sessoes'][number];
    const atual = sessao.sala === undefined ? undefined : this.#estado().salas[sessao.sala]?.nome;
    const como = 'como' in ato && ato.como !== undefined ? this.#nome(ato.como) : sessao.nome;
    const salaDita = 'sala' in ato && ato.sala !== undefined ? this.#nome(ato.sala) : undefined;
    const salaAtual = salaDita ?? atual ?? this.#nome('Sala');
    switch (ato.faz) {
      case 'encerrar':
        return { method: 'encerrar_sessao', params: ato.como === undefined ? {} : { nomeUsuario: como }, quem };
      case 'sair':
        return { method: 'sair_da_sala', params: ato.como === undefined ? {} : { nomeUsuario: como }, quem };
      case 'criar':
        return { method: 'criar_sala', params: { nomeSala: salaDita as string }, quem };
      case 'entrar':
        return {
          method: 'entrar_sala',
          params: { nomeUsuario: como, nomeSala: salaDita as string, ...semFaltas({ senha: ato.senha }) },
          quem,
        };
      case 'listar_usuarios':
        return { method: 'listar_usuarios', params: salaDita === undefined ? {} : { nomeSala: salaDita }, quem };
      case 'ler':
        return this.#lerDesde(quem, como, salaAtual, ato.desde);
      case 'enviar':
        return this.#enviar(quem, como, salaAtual, ato);
      default:
        return this.#comoDono(quem, como, salaAtual, ato);
    }
  }

  #comoDono(quem: number, nomeUsuario: string, nomeSala: string, ato: AtoDoDono): Chamada {
    const deQuem = { nomeUsuario, nomeSala };
    switch (ato.faz) {
      case 'detalhar':
        return { method: 'detalhar_sala', params: { nomeSala }, quem };
      case 'configurar': {
        const { topico, senha, silenciada, permanente } = ato;
        const mudancas = semFaltas({ topico, senha, silenciada, permanente });
        return { method: 'configurar_sala', params: { ...deQuem, ...mudancas }, quem };
      }
      case 'silenciar': {
        const params = { ...deQuem, alvo: this.#nome(ato.alvo), silenciado: ato.silenciado };
        return { method: 'silenciar_usuario', params, quem };
      }
      case 'expulsar': {
        const params = { ...deQuem, alvo: this.#nome(ato.alvo), ...semFaltas({ minutos: ato.minutos }) };
        return { method: 'expulsar_usuario', params, quem };
      }
      case 'passar':
        return { method: 'passar_sala', params: { ...deQuem, alvo: this.#nome(ato.alvo) }, quem };
    }
  }

  #lerDesde(quem: number, nomeUsuario: string, salaAtual: string, atras: number | undefined): Chamada {
    const sessao = this.#estado().sessoes[quem] as Estado['sessoes'][number];
    const ids =
      sessao.sala === undefined
        ? []
        : (this.#estado().salas[sessao.sala]?.mensagens ?? []).flatMap(({ id }) => (id === undefined ? [] : [id]));
    const desde = atras === undefined ? undefined : (ids.at(-1 - atras) ?? 0);
    const params = { nomeUsuario, salaAtual, ...(desde === undefined ? {} : { desde }) };
    return { method: 'receber_mensagens', params, quem };
  }

  #enviar(quem: number, nomeUsuario: string, salaAtual: string, ato: Extract<Ato, { faz: 'enviar' }>): Chamada {
    this.#textos += 1;
    const marca = `⟦${this.#textos}${this.#sufixo}⟧`;
    const cabe = ato.texto.length + marca.length <= 4000;
    const mensagem = ato.texto === '' || !cabe ? ato.texto : `${ato.texto}${marca}`;
    const destinatario = ato.para === undefined ? undefined : this.#nome(ato.para);
    const podem = destinatario === undefined ? undefined : this.#quemPodeSer(destinatario, quem);
    if (podem && mensagem.includes(marca)) this.privados.set(marca, podem);
    const params = {
      nomeUsuario,
      salaAtual,
      mensagem,
      ...(destinatario === undefined ? {} : { destinatario }),
      ...(ato.chave === undefined ? {} : { chave: ato.chave }),
    };
    return { method: 'enviar_mensagem', params, quem };
  }

  /** Quem tem agora o nome do destinatário, ou pode passar a ter no meio de chamadas simultâneas; e o remetente. */
  #quemPodeSer(destinatario: string, remetente: number): number[] {
    const forma = (nome: string) => nome.trim().normalize('NFKC').toLowerCase();
    const donos = this.#estado().sessoes.flatMap(({ nome, viva }, indice) =>
      viva && forma(nome) === forma(destinatario) ? [indice] : [],
    );
    const porNascer = Array.from({ length: 3 }, (_, i) => this.#estado().sessoes.length + i);
    return [remetente, ...donos, ...(donos.length === 0 ? porNascer : [])];
  }

  #nome(base: string): string {
    return this.#sufixo === '' || base.trim() === '' ? base : `${base.trimEnd()}${this.#sufixo}`;
  }
}

function semFaltas(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).filter(([, valor]) => valor !== undefined));
}
