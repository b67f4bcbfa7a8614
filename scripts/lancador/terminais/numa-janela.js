/**
 * O que roda dentro de uma janela: `numa-janela.js binder|servidor|cliente [CHAT_X=valor …]`.
 * O cliente espera até que haja com quem falar.
 */

import { lerEnderecos } from '../enderecos/enderecos.js';
import { explicar, Falha, STATUS_DE_USO_ERRADO } from '../falha.js';
import { RAIZ } from '../lugares.js';
import { abrirCliente } from '../processos/cliente.js';
import { perguntarSaude } from '../processos/consultas.js';
import { ate, PRAZO_PARA_SERVIR_MS } from '../processos/prazos.js';
import { anotar, apagarAnotacao } from '../processos/registro.js';
import { comSegredo } from '../processos/segredo.js';
import { ambienteDosProcessos } from '../processos/sistema.js';
import { abrirNesteTerminal } from './neste-terminal.js';

/** @param {'binder' | 'servidor'} papel */
async function rodarProcesso(papel) {
  const enderecos = lerEnderecos();
  const { processo, main, url, titulo } = enderecos[papel];
  if ((await perguntarSaude(enderecos[papel])).quem !== 'ninguem') throw new Falha(`${titulo} já responde em ${url}`);
  const ambiente = comSegredo(ambienteDosProcessos(enderecos.binder.url));
  // Como os que rodam ao fundo: o que eles gravam fica no checkout.
  process.chdir(RAIZ);
  const { pid, fim } = abrirNesteTerminal([main, '--atividade'], ambiente);
  if (pid === undefined) throw new Falha(`não foi possível iniciar ${titulo}`);
  anotar(processo, { processo, pid, main, url, desde: new Date().toISOString() });
  return fim.finally(() => apagarAnotacao(processo));
}

async function rodarCliente() {
  const { binder, servidor } = lerEnderecos();
  const serve = await ate(PRAZO_PARA_SERVIR_MS, async () => {
    const saude = await perguntarSaude(servidor);
    return saude.quem === 'nosso' && saude.serve;
  });
  if (!serve) throw new Falha(`${servidor.titulo} não respondeu em ${servidor.url}`);
  return abrirCliente([], ambienteDosProcessos(binder.url)).fim;
}

const PAPEIS = {
  binder: () => rodarProcesso('binder'),
  servidor: () => rodarProcesso('servidor'),
  cliente: rodarCliente,
};

const [papel = '', ...variaveis] = process.argv.slice(2);
try {
  for (const variavel of variaveis) {
    const [, nome, valor] = /^(CHAT_[A-Z_]+)=(.*)$/s.exec(variavel) ?? [];
    if (nome === undefined) throw new Falha(`${variavel} não tem a forma CHAT_X=valor`, STATUS_DE_USO_ERRADO);
    process.env[nome] = valor;
  }
  const rodar = Object.hasOwn(PAPEIS, papel) ? PAPEIS[/** @type {keyof typeof PAPEIS} */ (papel)] : undefined;
  if (rodar === undefined) throw new Falha(`o papel deve ser ${Object.keys(PAPEIS).join(', ')}`, STATUS_DE_USO_ERRADO);
  process.exitCode = await rodar();
} catch (erro) {
  process.stderr.write(`chat_start: ${explicar(erro)}\n`);
  process.exitCode = erro instanceof Falha ? erro.status : 1;
}
