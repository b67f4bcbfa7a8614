/** O que o dono faz na sua sala, e como ela passa a outro. */

import type { Sala } from '../../contract/chat.ts';
import { ContractError } from '../../contract/errors.ts';
import { mesmoNome } from '../../contract/nomes/nomes.ts';
import {
  podeFalar,
  textoDaExpulsao,
  textoDoNovoDono,
  textoDoSilencio,
  textoDoSilencioDaSala,
  textoDoTopico,
} from '../../dominio/salas.ts';
import { exigirOutro } from '../alvo-do-dono.ts';
import { SenhaPedida } from '../senha-pedida.ts';
import type { AtoDoDono, Configuracao, Expulsao, Passagem, Sessao, Silencio } from '../store.ts';
import type { Gravacoes } from './gravacoes.ts';
import type { Ajustes, Dono } from './tabelas/ajustes.ts';
import type { Restricoes } from './tabelas/restricoes.ts';
import type { Salas } from './tabelas/salas.ts';
import type { SalaGuardada, Sessoes } from './tabelas/sessoes.ts';

interface Dependencias {
  readonly sessoes: Sessoes;
  readonly salas: Salas;
  readonly restricoes: Restricoes;
  readonly gravacoes: Gravacoes;
}

interface SalaDoDono {
  readonly sala: SalaGuardada;
  readonly dono: Dono;
  readonly ajustes: Ajustes;
}

type OcuparLugar = () => void;

export class Donos {
  readonly #deps: Dependencias;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
  }

  configurar(configuracao: Configuracao, ocuparLugar: OcuparLugar): Sala {
    const { salas, gravacoes } = this.#deps;
    const { sala, dono, ajustes } = this.#exigirDono(configuracao);
    const { topico, senha, silenciada = ajustes.silenciada, permanente = ajustes.permanente } = configuracao;
    if (permanente && !ajustes.permanente) salas.exigirLugarPermanente(dono);
    ocuparLugar();
    salas.ajustar(sala, {
      topico: topico === undefined ? ajustes.topico : topico || null,
      senha: senha === undefined ? ajustes.senha : senha || null,
      silenciada,
      permanente,
    });
    if (topico !== undefined && topico !== (ajustes.topico ?? ''))
      gravacoes.dizer(sala, textoDoTopico(dono.nome, topico));
    if (silenciada !== ajustes.silenciada) gravacoes.dizer(sala, textoDoSilencioDaSala(silenciada));
    return salas.abertas.detalhar(sala);
  }

  silenciar(silencio: Silencio, ocuparLugar: OcuparLugar): void {
    const { sessoes, restricoes, gravacoes } = this.#deps;
    const { sala, dono } = this.#exigirDono(silencio);
    const { alvo, silenciado } = silencio;
    exigirOutro(alvo, dono.nome);
    const { id, nome } = sessoes.exigirNaSala(alvo, sala);
    ocuparLugar();
    if (restricoes.estaSilenciado(sala.id, id) === silenciado) return;
    if (silenciado) restricoes.silenciar(sala.id, id);
    else restricoes.deixarFalar(sala.id, id);
    gravacoes.dizer(sala, textoDoSilencio(nome, silenciado));
  }

  expulsar(expulsao: Expulsao, ocuparLugar: OcuparLugar): void {
    const { sessoes, salas, restricoes, gravacoes } = this.#deps;
    const { sala, dono } = this.#exigirDono(expulsao);
    const { alvo, duracaoMs } = expulsao;
    exigirOutro(alvo, dono.nome);
    const expulso = restricoes.expulsoPorMs(sala.id, alvo) !== undefined;
    const presente = expulso ? sessoes.naSala(alvo, sala) : sessoes.exigirNaSala(alvo, sala);
    ocuparLugar();
    if (duracaoMs > 0) restricoes.expulsar(sala.id, alvo, duracaoMs);
    else restricoes.readmitir(sala.id, alvo);
    if (!presente) return;
    sessoes.sair(presente.id);
    salas.abertas.saiu(sala.id);
    gravacoes.dizer(sala, textoDaExpulsao(presente.nome));
  }

  passar(passagem: Passagem, ocuparLugar: OcuparLugar): void {
    const { sala, dono } = this.#exigirDono(passagem);
    const novo = this.#deps.sessoes.exigirNaSala(passagem.alvo, sala);
    ocuparLugar();
    if (novo.id !== dono.sessaoId) this.#dar(sala, novo);
  }

  /** A sessão acabou: cada sala sua passa a quem está nela há mais tempo. */
  passarAdiante({ id }: Sessao): void {
    const { sessoes, salas } = this.#deps;
    for (const sala of salas.abertas.doDono(id)) {
      const novo = sessoes.maisAntigaNaSala(sala.id);
      if (novo) this.#dar(sala, novo);
      else salas.ajustar(sala, { dono: null });
    }
  }

  /** Quem acaba de entrar numa sala que não é de ninguém passa a ser o dono. */
  receber(sala: SalaGuardada, sessao: Sessao): void {
    if (this.#deps.salas.abertas.ajustesDe(sala).dono === null) this.#dar(sala, sessao);
  }

  /** @throws EXPULSO, SenhaPedida */
  exigirEntrada(sala: SalaGuardada, { id, nome }: Sessao, senhaAceita: string | undefined): void {
    const tenteEmMs = this.#deps.restricoes.expulsoPorMs(sala.id, nome);
    if (tenteEmMs !== undefined) throw new ContractError('EXPULSO', { tenteEmMs });
    const { dono, senha } = this.#deps.salas.abertas.ajustesDe(sala);
    if (senha !== null && dono?.sessaoId !== id && senha !== senhaAceita) throw new SenhaPedida(senha);
  }

  /** @throws SILENCIADO */
  exigirVoz(sala: SalaGuardada, { id }: Sessao, destinatario: string | undefined): void {
    const { dono, silenciada } = this.#deps.salas.abertas.ajustesDe(sala);
    const fala = {
      ehDono: dono?.sessaoId === id,
      salaSilenciada: silenciada,
      silenciado: this.#deps.restricoes.estaSilenciado(sala.id, id),
      soAoDono: dono !== null && destinatario !== undefined && mesmoNome(destinatario, dono.nome),
    };
    if (!podeFalar(fala)) throw new ContractError('SILENCIADO');
  }

  #dar(sala: SalaGuardada, { id, nome }: Sessao): void {
    this.#deps.salas.ajustar(sala, { dono: { sessaoId: id, nome } });
    this.#deps.gravacoes.dizer(sala, textoDoNovoDono(nome));
  }

  /** @throws NAO_AUTENTICADO, SALA_NAO_ENCONTRADA, SEM_PERMISSAO */
  #exigirDono({ sessaoId, nomeSala }: AtoDoDono): SalaDoDono {
    const { sessoes, salas } = this.#deps;
    sessoes.exigir(sessaoId);
    const sala = salas.exigir(nomeSala);
    const ajustes = salas.abertas.ajustesDe(sala);
    const { dono } = ajustes;
    if (dono?.sessaoId !== sessaoId) throw new ContractError('SEM_PERMISSAO');
    return { sala, dono, ajustes };
  }
}
