/** Escolher uma sala, criar e entrar: o que se pergunta, e o que se diz de cada desfecho. */

import { ehDoTipo } from '../../../contract/errors.ts';
import { mesmoNome, normalizarNome, problemaDoNome } from '../../../contract/nomes/nomes.ts';
import { tornarVisivel } from '../../../dominio/visivel.ts';
import { explicar } from '../../chamadas/explicar.ts';
import type { ResultadoDe } from '../../chamadas/servico.ts';
import type { Conversa } from '../../sessao/conversa.ts';
import type { Dialogo } from '../dialogo.ts';
import { descrever, PERGUNTA_DA_SALA } from '../textos.ts';

/** No lugar de uma recusa: quem não deu a senha sabe por que não entrou. */
const DESISTIU = Symbol('desistiu');

interface SalasOptions {
  readonly dialogo: Dialogo;
  readonly conversa: Pick<Conversa, 'criarSala' | 'entrar' | 'listarSalasComDetalhes'>;
  /** Já se disse à pessoa em que sala ela está. */
  readonly aoEntrar: (entrada: ResultadoDe<'entrar_sala'>) => void;
}

export class Salas {
  readonly #options: SalasOptions;

  constructor(options: SalasOptions) {
    this.#options = options;
  }

  /** Pergunta o nome da sala nova, e entra nela. */
  async perguntarNova(): Promise<void> {
    const nomeSala = await this.#perguntar([], undefined);
    if (nomeSala) await this.criar(nomeSala);
  }

  /** Oferece as salas abertas; a de um nome novo se cria, se a pessoa disser que sim. */
  async perguntar(): Promise<void> {
    const { dialogo, conversa } = this.#options;
    const salas = await dialogo.tentar('Não foi possível listar as salas', () => conversa.listarSalasComDetalhes());
    if (!salas) return;
    const sugestoes = salas.valor.map((sala) => ({ valor: sala.nomeSala, rotulo: descrever(sala) }));
    const dica = sugestoes.length === 0 ? 'Não há salas abertas: dê um nome, e ela é criada.' : undefined;
    const nomeSala = await this.#perguntar(sugestoes, dica);
    if (nomeSala) await this.entrarOuCriar(nomeSala);
  }

  /** @param criar se a pessoa já disse que quer criá-la; senão, se pergunta */
  async entrarOuCriar(nomeSala: string, criar = false): Promise<boolean> {
    const { dialogo } = this.#options;
    const problema = problemaDoNome(normalizarNome(nomeSala));
    if (problema) return this.#recusar(`Não foi possível entrar: o nome da sala ${tornarVisivel(problema)}.`);
    const erro = await this.#tentarEntrar(nomeSala);
    if (erro === undefined) return true;
    if (!ehDoTipo(erro, 'SALA_NAO_ENCONTRADA')) return this.#naoEntrou(erro);
    const mensagem = `Criar "${tornarVisivel(normalizarNome(nomeSala))}" e entrar? (S/n)`;
    if (!criar && !(await dialogo.confirmar(mensagem, true))) return false;
    return this.criar(nomeSala, { mesmoQueExista: true });
  }

  /** @returns se entrou na sala que criou; senão, já disse por quê */
  async criar(nomeSala: string, { mesmoQueExista = false } = {}): Promise<boolean> {
    const { dialogo, conversa } = this.#options;
    try {
      const criada = await dialogo.comEspera(conversa.criarSala(nomeSala));
      dialogo.avisar(`Sala ${tornarVisivel(criada)} criada.`);
    } catch (erro) {
      const servem = mesmoQueExista && ehDoTipo(erro, 'SALA_JA_EXISTE');
      if (!servem) return this.#recusar(`A sala não foi criada: ${explicar(erro)}`);
    }
    return this.entrar(nomeSala);
  }

  /** @returns se entrou; senão, já disse por quê */
  async entrar(nomeSala: string): Promise<boolean> {
    const erro = await this.#tentarEntrar(nomeSala);
    return erro === undefined || this.#naoEntrou(erro);
  }

  /** Pergunta pela senha da sala que pede uma, até que sirva ou a pessoa desista. @returns por que não entrou, ou DESISTIU */
  async #tentarEntrar(nomeSala: string): Promise<unknown> {
    const { dialogo } = this.#options;
    let erro = await this.#entrar(nomeSala, undefined);
    for (let vez = 1; ehDoTipo(erro, 'SENHA_INCORRETA'); vez += 1) {
      if (vez > 1) dialogo.falhar('A senha não é essa.');
      const sala = tornarVisivel(normalizarNome(nomeSala));
      const senha = await dialogo.perguntarSenha(`Digite a senha da sala ${sala} (Esc desiste):`);
      if (!senha) return DESISTIU;
      erro = await this.#entrar(nomeSala, senha);
    }
    return erro;
  }

  async #entrar(nomeSala: string, senha: string | undefined): Promise<unknown> {
    const { dialogo, conversa, aoEntrar } = this.#options;
    try {
      aoEntrar(await dialogo.comEspera(conversa.entrar(nomeSala, { senha })));
      return undefined;
    } catch (erro) {
      return erro;
    }
  }

  #naoEntrou(erro: unknown): false {
    return erro !== DESISTIU && this.#recusar(`Não foi possível entrar: ${explicar(erro)}`);
  }

  #recusar(motivo: string): false {
    this.#options.dialogo.falhar(motivo);
    return false;
  }

  async #perguntar(
    sugestoes: readonly { readonly valor: string; readonly rotulo: string }[],
    dica: string | undefined,
  ): Promise<string | undefined> {
    const { dialogo } = this.#options;
    const digitado = await dialogo.perguntarTexto({ mensagem: PERGUNTA_DA_SALA, sugestoes, dica });
    const nomeSala =
      sugestoes.find(({ valor }) => digitado !== undefined && mesmoNome(valor, digitado))?.valor ?? digitado;
    if (nomeSala) dialogo.mostrar(`${PERGUNTA_DA_SALA} ${tornarVisivel(nomeSala)}`);
    return nomeSala;
  }
}
