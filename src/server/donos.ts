/** As regras de entrar numa sala que pode ter senha, e do que o dono faz na sua; um método por procedimento. */

import { type CHAT_PROCEDURES, type ChatProcedures, MINUTOS_EXPULSO } from '../contract/chat.ts';
import { ContractError } from '../contract/errors.ts';
import type { Params, Result } from '../contract/procedure.ts';
import { SenhaPedida } from '../store/senha-pedida.ts';
import type { Chamador, LimiteDeChamadas, Store } from '../store/store.ts';
import type { Usuario } from './autenticacao.ts';
import { Senhas } from './senhas.ts';

type Pedido<Nome extends keyof ChatProcedures> = Params<(typeof CHAT_PROCEDURES)[Nome]>;
type Resultado<Nome extends keyof ChatProcedures> = Readonly<Result<(typeof CHAT_PROCEDURES)[Nome]>>;

const UM_MINUTO_MS = 60_000;

/** O contrato: de uma sessão, num minuto. */
const SENHAS_ERRADAS: LimiteDeChamadas = { maximo: 10, janelaMs: UM_MINUTO_MS };
/** Guardar uma senha custa uns 50 ms de processador. */
const SENHAS_NOVAS: LimiteDeChamadas = { maximo: 30, janelaMs: UM_MINUTO_MS };

/** Se o dono troca a senha enquanto se confere a anterior, confere-se a nova. */
const CONFERENCIAS = 3;

interface Dependencias {
  readonly store: Store;
  /** Por usuário: o que o dono faz são mensagens para os outros. */
  readonly limite: LimiteDeChamadas;
}

export class Donos {
  readonly #store: Store;
  readonly #limite: LimiteDeChamadas;
  readonly #senhas = new Senhas();

  constructor({ store, limite }: Dependencias) {
    this.#store = store;
    this.#limite = limite;
  }

  async entrarSala({ nomeSala, senha }: Pedido<'entrar_sala'>, { sessao }: Usuario): Promise<Resultado<'entrar_sala'>> {
    let senhaAceita: string | undefined;
    for (let vez = 1; ; vez += 1) {
      try {
        return await this.#store.entrar({ sessaoId: sessao.id, nomeSala, senhaAceita, limite: this.#limite });
      } catch (erro) {
        if (!(erro instanceof SenhaPedida) || vez > CONFERENCIAS) throw erro;
        await this.#conferirSenha(sessao, senha, erro.guardada);
        senhaAceita = erro.guardada;
      }
    }
  }

  async configurarSala(
    { nomeSala, topico, senha, silenciada, permanente }: Pedido<'configurar_sala'>,
    { sessao }: Usuario,
  ): Promise<Resultado<'configurar_sala'>> {
    return this.#store.configurarSala({
      ...this.#ato(sessao, nomeSala),
      topico,
      senha: senha ? await this.#guardarSenha(sessao, nomeSala, senha) : senha,
      silenciada,
      permanente,
    });
  }

  async silenciarUsuario(
    { nomeSala, alvo, silenciado }: Pedido<'silenciar_usuario'>,
    { sessao }: Usuario,
  ): Promise<Resultado<'silenciar_usuario'>> {
    await this.#store.silenciar({ ...this.#ato(sessao, nomeSala), alvo, silenciado });
    return true;
  }

  async expulsarUsuario(
    { nomeSala, alvo, minutos = MINUTOS_EXPULSO }: Pedido<'expulsar_usuario'>,
    { sessao }: Usuario,
  ): Promise<Resultado<'expulsar_usuario'>> {
    await this.#store.expulsar({ ...this.#ato(sessao, nomeSala), alvo, duracaoMs: minutos * UM_MINUTO_MS });
    return true;
  }

  async passarSala({ nomeSala, alvo }: Pedido<'passar_sala'>, { sessao }: Usuario): Promise<Resultado<'passar_sala'>> {
    await this.#store.passarSala({ ...this.#ato(sessao, nomeSala), alvo });
    return true;
  }

  detalharSala({ nomeSala }: Pedido<'detalhar_sala'>, { sessao }: Usuario): Promise<Resultado<'detalhar_sala'>> {
    return this.#store.detalharSala(sessao.id, nomeSala);
  }

  #ato(sessao: Chamador, nomeSala: string) {
    return { sessaoId: sessao.id, nomeSala, limite: this.#limite };
  }

  /**
   * O lugar se ocupa antes de calcular, para que nem ao mesmo tempo se tentem mais.
   * @throws SENHA_INCORRETA, LIMITE_EXCEDIDO
   */
  async #conferirSenha({ id }: Chamador, senha: string | undefined, guardada: string): Promise<void> {
    const devolver = await this.#store.ocuparLugar(id, 'senhas_erradas', SENHAS_ERRADAS);
    if (!senha || !(await this.#senhas.confere(senha, guardada))) throw new ContractError('SENHA_INCORRETA');
    await devolver();
  }

  /** Só o dono a põe: antes de gastar com ela, vê-se se é ele. */
  async #guardarSenha({ id, nome }: Chamador, nomeSala: string, senha: string): Promise<string> {
    const { dono } = await this.#store.detalharSala(id, nomeSala);
    if (dono !== nome) throw new ContractError('SEM_PERMISSAO');
    if (this.#limite.maximo > 0) await this.#store.ocuparLugar(id, 'senhas_novas', SENHAS_NOVAS);
    return this.#senhas.guardar(senha);
  }
}
