/** O contrato da janela sobre o que ela vê e, quando há um, sobre o laboratório. */

import { randomBytes } from 'node:crypto';
import { ContractError } from '../contract/errors.ts';
import type { JanelaProcedures } from '../contract/janela.ts';
import type { Acesso, Handlers } from '../contract/procedure.ts';
import { conferirSegredo } from '../process/segredo.ts';
import type { Authentication } from '../rpc/server/authentication.ts';
import type { Janela } from './janela.ts';
import type { Laboratorio } from './laboratorio/laboratorio.ts';

type Chamadores = Record<Acesso, null>;

const SEM_LABORATORIO = 'Esta janela só olha. Para causar falhas, abra-a com --laboratorio.';

/** @param acharLaboratorio o laboratório, assim que ele existe */
export function criarHandlers(
  janela: Janela,
  acharLaboratorio: () => Laboratorio | undefined,
): Handlers<JanelaProcedures, Chamadores> {
  const exigirLaboratorio = (): Laboratorio => {
    const laboratorio = acharLaboratorio();
    if (laboratorio) return laboratorio;
    throw new ContractError('PROCEDIMENTO_DESCONHECIDO', {}, SEM_LABORATORIO);
  };
  return {
    contar: async ({ processo, acontecimentos, naoContados }) => {
      janela.receber(processo, acontecimentos, naoContados);
      return true;
    },
    listar_processos: async () => janela.listar(),
    causar_falha: async ({ falha, alvo, ms }) => {
      const lab = exigirLaboratorio();
      await lab.causar(falha, alvo, ms);
      if (falha === 'cortar' || falha === 'religar') {
        janela.dizer({ tipo: 'redes_cortadas', nomes: lab.redesCortadas });
      }
      return true;
    },
    mudar_garantia: async ({ garantia, ligada }) => {
      const lab = exigirLaboratorio();
      await lab.mudarGarantia(garantia, ligada);
      janela.dizer({ tipo: 'garantias', garantias: lab.garantias });
      return true;
    },
    veredito: async () => exigirLaboratorio().veredito(),
  };
}

/** O token que deixa causar falhas: sorteado a cada partida, e só a página o recebe. 256 bits, base64url. */
export function novoToken(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * @param token o da página
 * @param segredo o da janela que escuta fora desta máquina; `undefined` quando só esta máquina a alcança
 */
export function criarAutenticacao(
  token: string,
  segredo: string | undefined,
): Authentication<string | undefined, Chamadores> {
  const confere = [token, segredo].flatMap((esperado) => (esperado === undefined ? [] : [conferirSegredo(esperado)]));
  const serve = (bearer: string | undefined) => confere.some((eEste) => eEste(bearer));
  return {
    identificar: ({ bearer }) => bearer,
    reconhece: serve,
    autorizar: (acesso, bearer) => {
      if (serve(bearer) || (acesso === 'livre' && segredo === undefined)) return null;
      throw new ContractError('SEGREDO_INVALIDO');
    },
  };
}
