/** `procedimentos`: a tabela do binder e, com `--seguir`, o que muda nela. */

import { BINDER_CONTRACT, type BinderProcedures, type EndpointDoProcedimento } from '../../contract/binder.ts';
import type { Result } from '../../contract/procedure.ts';
import { relogioDoSistema, type Temporizador } from '../../process/clock.ts';
import { hostComPorta } from '../../process/enderecos.ts';
import { Alternativas } from '../../rpc/client/alternativas.ts';
import { esperaPedidaMs } from '../../rpc/client/falhas.ts';
import { criarConexoes } from '../../rpc/client/http.ts';
import { cabe } from '../../rpc/client/passos.ts';
import type { CallOptions, Remote } from '../../rpc/client/remote.ts';
import { abrirRastro } from '../chamadas/rastro/rastros.ts';
import { aoRastrear, type Execucao } from './ordem.ts';
import { emCampos, escrever } from './saida.ts';

/** Quanto se espera no binder por uma mudança, e quanto mais se espera pela resposta. */
const ESPERA_MS = 50_000;
const FOLGA_MS = 10_000;
const NOVA_TENTATIVA_MS = 1_000;

type Consulta = 'list_procedures' | 'watch_procedures';
type Consultar = <N extends Consulta>(
  nome: N,
  params: Parameters<Remote<BinderProcedures>[N]>[0],
  options?: CallOptions,
) => Promise<Result<BinderProcedures[N]>>;

type EsperaDoBinder = Parameters<Remote<BinderProcedures>['watch_procedures']>[0];
type Observada = Result<BinderProcedures['watch_procedures']>;
type Tabela = Result<BinderProcedures['list_procedures']>;

export async function procedimentos(execucao: Execucao): Promise<void> {
  const consultar = abrirConsulta(execucao);
  if (execucao.opcoes.seguir) return seguir(consultar, (antes, agora) => escreverMudancas(execucao, antes, agora));
  for (const registrado of emLinhas(await consultar('list_procedures', {}))) {
    await escrever(execucao, registrado, () => emCampos(...camposDe(registrado)));
  }
}

type Conhecidos = ReadonlyMap<string, EndpointDoProcedimento>;

/** Só a primeira pergunta pode falhar: depois se insiste. @param aoMudar recebe os endpoints de antes e os de agora */
export async function seguir(
  consultar: (nome: 'watch_procedures', params: EsperaDoBinder, options: CallOptions) => Promise<Observada>,
  aoMudar: (antes: Conhecidos, agora: Conhecidos) => Promise<void>,
  relogio: Pick<Temporizador, 'esperar'> = relogioDoSistema,
): Promise<void> {
  let desde: string | undefined;
  let conhecidos: Conhecidos = new Map();
  for (;;) {
    try {
      const params = { desde, esperarMs: ESPERA_MS };
      const { versao, procedures } = await consultar('watch_procedures', params, { prazoMs: ESPERA_MS + FOLGA_MS });
      const atuais = new Map(emLinhas(procedures).map((registrado) => [enderecoDe(registrado), registrado]));
      await aoMudar(conhecidos, atuais);
      const nadaDeNovo = desde !== undefined && mesmosEnderecos(conhecidos, atuais);
      conhecidos = atuais;
      desde = versao;
      // Quem devia ter esperado por uma mudança, e não esperou, não se pergunta sem descanso.
      if (nadaDeNovo) await relogio.esperar(NOVA_TENTATIVA_MS);
    } catch (erro) {
      if (desde === undefined || !cabe('esperar', erro, 'nenhum')) throw erro;
      await relogio.esperar(esperaPedidaMs(erro, NOVA_TENTATIVA_MS));
    }
  }
}

function mesmosEnderecos(antes: Conhecidos, agora: Conhecidos): boolean {
  return antes.size === agora.size && [...agora.keys()].every((endereco) => antes.has(endereco));
}

/** Uma linha por endpoint que está, veio (`+`) ou saiu (`-`). */
async function escreverMudancas(execucao: Execucao, antes: Conhecidos, agora: Conhecidos): Promise<void> {
  for (const [endereco, saiu] of antes) {
    if (agora.has(endereco)) continue;
    const { procedure_name, address, port } = saiu;
    const valor = { registrado: false, procedure_name, address, port };
    await escrever(execucao, valor, () => emCampos('-', procedure_name, hostComPorta(address, port)));
  }
  for (const [endereco, veio] of agora) {
    if (antes.has(endereco)) continue;
    await escrever(execucao, { registrado: true, ...veio }, () => emCampos('+', ...camposDe(veio)));
  }
}

/** Pergunta a um binder depois do outro, e conta a cada pergunta o que houve, se se pediu o rastro. */
function abrirConsulta(execucao: Execucao): Consultar {
  const conexoes = criarConexoes(execucao.ca, execucao.observador);
  execucao.aoEncerrar(conexoes.destroy);
  const binders = new Alternativas(BINDER_CONTRACT, execucao.opcoes.binder, conexoes);
  const rastrear = aoRastrear(execucao);
  const contar = rastrear && abrirRastro(execucao.opcoes.rastro ?? 'linhas', rastrear, relogioDoSistema);
  return (nome, params, options) =>
    binders.chamar(async (binder, url) => {
      const inicioMs = relogioDoSistema.monotonicoMs();
      const ms = () => relogioDoSistema.monotonicoMs() - inicioMs;
      const chamar = binder[nome] as (...argumentos: unknown[]) => Promise<never>;
      contar?.({ tipo: 'chamada', nome, url, params });
      try {
        const resultado = await chamar(params, options);
        contar?.({ tipo: 'resposta', nome, url, ms: ms(), resultado });
        return resultado;
      } catch (erro) {
        contar?.({ tipo: 'resposta', nome, url, ms: ms(), erro });
        throw erro;
      }
    });
}

function emLinhas(tabela: Tabela): EndpointDoProcedimento[] {
  return tabela.flatMap(({ procedure_name, endpoints }) =>
    endpoints.map(({ address, port, ttl_s }) => ({ procedure_name, address, port, ttl_s })),
  );
}

function camposDe({ procedure_name, address, port, ttl_s }: EndpointDoProcedimento) {
  return [procedure_name, hostComPorta(address, port), ttl_s ?? 'sem prazo'] as const;
}

function enderecoDe({ procedure_name, address, port }: EndpointDoProcedimento): string {
  return `${procedure_name} ${hostComPorta(address, port).toLowerCase()}`;
}
