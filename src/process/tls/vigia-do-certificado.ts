/** O certificado de quem atende, ao longo do tempo: diz o que há de errado com ele, e usa o novo quando o arquivo muda. */

import { lerComum } from '../arquivo-comum.ts';
import type { Clock } from '../clock.ts';
import { LacoPeriodico } from '../laco-periodico.ts';
import type { Closable } from '../lifecycle.ts';
import { camposDoErro, type Log } from '../log.ts';
import { problemaDoCertificado } from './certificado.ts';
import { formamUmPar, type Identidade } from './tls.ts';

/** Entre uma leitura dos arquivos e a seguinte, em ms: um link trocado ou uma pasta de rede nem sempre avisam. */
const CONFERENCIA_MS = 2_000;

export interface OpcoesDoVigia {
  readonly identidade: Identidade;
  /** Por que nomes ou IPs se chega a quem atende; sem nenhum, o nome do certificado não se confere. */
  readonly nomes: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** Recebe o certificado e a chave novos, que já se sabe que formam um par. */
  readonly trocar: (identidade: Identidade) => void;
}

export class VigiaDoCertificado implements Closable {
  readonly #opcoes: OpcoesDoVigia;
  readonly #laco: LacoPeriodico;
  #emUso: Identidade;
  /** O que já se disse: enquanto nada muda, não se repete. */
  #dito: string | undefined;

  constructor(opcoes: OpcoesDoVigia) {
    this.#opcoes = opcoes;
    this.#emUso = opcoes.identidade;
    this.#laco = new LacoPeriodico({
      intervaloMs: CONFERENCIA_MS,
      agir: () => this.conferir(),
      aoFalhar: (erro) => this.#dizer('não foi possível ler o certificado de novo', camposDoErro(erro)),
    });
  }

  /** Diz já o que há de errado com o certificado, e passa a vigiá-lo. */
  iniciar(): void {
    this.#dizerProblema();
    this.#laco.iniciar();
  }

  /** Lê os arquivos outra vez. */
  async conferir(): Promise<void> {
    const { arquivos } = this.#emUso;
    const [cert, key] = await Promise.all([lerComum(arquivos.cert), lerComum(arquivos.key)]);
    const mudou = !cert.equals(this.#emUso.cert) || !key.equals(this.#emUso.key);
    const lida = { cert, key, arquivos };
    if (!mudou) return this.#dizerProblema();
    // Quem renova troca um arquivo de cada vez: entre os dois, o par não se forma.
    if (!formamUmPar(lida)) {
      return this.#dizer(
        'o certificado e a chave que estão nos arquivos não formam um par: valem os de antes',
        arquivos,
      );
    }
    this.#opcoes.trocar(lida);
    this.#emUso = lida;
    this.#opcoes.log.info('o certificado mudou: as conexões novas usam o novo', arquivos);
    this.#dizerProblema();
  }

  close(): Promise<void> {
    return this.#laco.close();
  }

  #dizerProblema(): void {
    const { nomes, clock } = this.#opcoes;
    const problema = problemaDoCertificado(this.#emUso.cert, nomes, clock.agoraMs());
    if (problema) this.#dizer(problema.mensagem, { certificado: this.#emUso.arquivos.cert, ...problema.campos });
    else this.#dito = undefined;
  }

  #dizer(mensagem: string, campos: object): void {
    if (this.#dito === mensagem) return;
    this.#dito = mensagem;
    this.#opcoes.log.aviso(mensagem, { ...campos });
  }
}
