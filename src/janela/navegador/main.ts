/** A página da janela: liga as notícias à história, e a história ao que se vê. */

import type { Garantia, Veredito } from '../../contract/janela.ts';
import type { Noticia } from '../noticias.ts';
import { Historia } from '../pagina/historia.ts';
import type { Situacao } from '../pagina/licoes.ts';
import { Tempo } from '../pagina/tempo.ts';
import { BarraDoTempo } from './barra-do-tempo.ts';
import { escutar, lerConvite } from './conexao.ts';
import { Detalhes } from './detalhes.ts';
import { achar } from './elementos.ts';
import { Figura } from './figura.ts';
import { PainelDasFalhas } from './painel-das-falhas.ts';
import { PainelDasLicoes } from './painel-das-licoes.ts';
import { mostrarVeredito } from './painel-do-veredito.ts';
import { prepararSalvar } from './salvar.ts';
import { TabelaDoBinder } from './tabela-do-binder.ts';

/** A cada quanto tempo se refaz o que não é a figura, em ms. */
const RITMO_DOS_PAINEIS_MS = 250;

const historia = new Historia();
const tempo = new Tempo();
const detalhes = new Detalhes(historia);
const figura = new Figura(historia, tempo, (chamada) => detalhes.mostrar(chamada));
const barra = new BarraDoTempo(tempo, historia);
const tabela = new TabelaDoBinder(historia);
let veredito: Veredito | undefined;
let garantias: Readonly<Record<Garantia, boolean>> = { chave: true, cursor: true, espera: true, lease: true };
const causadas: Situacao['falhas'][number][] = [];

const falhas = new PainelDasFalhas(lerConvite(), ({ falha, alvo }) =>
  causadas.push({ falha, alvo, quandoMs: historia.agoraMs }),
);
const licoes = new PainelDasLicoes(
  (desdeMs) => ({ historia, veredito, garantias, falhas: causadas, desdeMs }),
  () => historia.agoraMs,
);
prepararSalvar(
  historia,
  () => figura.vista(),
  () => figura.paleta,
);

escutar(receber, (conectada) => {
  achar('aviso').textContent = conectada
    ? ''
    : 'A janela não responde. A figura parou; a página tenta de novo sozinha.';
});
setInterval(atualizarPaineis, RITMO_DOS_PAINEIS_MS);

function receber(noticia: Noticia): void {
  switch (noticia.tipo) {
    case 'processo':
    case 'acontecimento':
      historia.receber(noticia);
      break;
    case 'hora':
      figura.acertar(noticia.quandoMs);
      break;
    case 'veredito':
      veredito = noticia.veredito;
      mostrarVeredito(veredito);
      break;
    case 'garantias':
      garantias = noticia.garantias;
      falhas.mostrarGarantias(garantias);
      break;
    case 'nao_contados':
      achar('aviso').textContent = `${noticia.quantos} acontecimentos não couberam e não foram contados.`;
      break;
  }
}

function atualizarPaineis(): void {
  falhas.mostrarFaixas(historia.faixas());
  barra.acompanhar(figura.instanteMs);
  tabela.mostrar(figura.instanteMs);
  licoes.conferir();
}
