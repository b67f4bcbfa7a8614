/** Os dois processos de que se confere o transporte (seção 1 do contrato), e o que há de próprio em cada um. */

import { chamar } from '../../../scripts/comum/jsonrpc.ts';

interface Endereco {
  readonly url: string;
  readonly porta: number;
}

/** Em processos ou dentro do teste. */
interface Sistema {
  readonly binder: Endereco;
  readonly servidor: Endereco;
}

export interface Caso {
  readonly nome: string;
  readonly qual: (sistema: Sistema) => Endereco;
  readonly emSaude: string;
  /** Uma chamada sem parâmetros que qualquer um pode fazer. */
  readonly leitura: string;
  /** Uma chamada que muda algo, e como saber se mudou. */
  readonly efeito: (nome: string) => { method: string; params: unknown };
  readonly agiu: (url: string, nome: string) => Promise<boolean>;
  /** Um procedimento livre ou com segredo que recebe `defeituosos`, em que tudo está errado. */
  readonly exigente: {
    method: string;
    defeituosos: Record<string, unknown>;
    obrigatorios: string[];
    excesso: unknown[];
  };
  /** Procedimento → parâmetros na ordem da tabela do contrato; `?` marca os opcionais. */
  readonly tabela: Readonly<Record<string, readonly string[]>>;
}

const ENTRAR = ['nomeUsuario', 'nomeSala', 'senha?'];
const ENVIAR = ['nomeUsuario', 'salaAtual', 'mensagem', 'destinatario?', 'chave?'];

export const CASOS: readonly Caso[] = [
  {
    nome: 'binder',
    qual: ({ binder }) => binder,
    emSaude: 'binder',
    leitura: 'list_procedures',
    efeito: (nome) => ({ method: 'register_procedure', params: [nome.replaceAll(' ', '_'), 'localhost', 1234] }),
    agiu: async (url, nome) => (await chamar(url, 'lookup_procedure', [nome.replaceAll(' ', '_')])).error === undefined,
    exigente: {
      method: 'register_procedure',
      defeituosos: { procedure_name: 'com espaço', address: '', port: 0, ttl_s: 86_401, cor: 'azul' },
      obrigatorios: ['procedure_name', 'address', 'port'],
      excesso: ['a', 'localhost', 1, 1, 'a mais'],
    },
    tabela: {
      register_procedure: ['procedure_name', 'address', 'port', 'ttl_s?'],
      lookup_procedure: ['procedure_name'],
      unregister_procedure: ['procedure_name', 'address', 'port'],
      list_procedures: [],
      watch_procedures: ['desde?', 'esperarMs?'],
    },
  },
  {
    nome: 'servidor',
    qual: ({ servidor }) => servidor,
    emSaude: 'servidor',
    leitura: 'listar_salas',
    efeito: (nome) => ({ method: 'registrar_usuario', params: { nomeUsuario: nome } }),
    agiu: async (url, nome) => (await chamar(url, 'registrar_usuario', [nome])).error?.code === 2001,
    exigente: {
      method: 'enviar_mensagem',
      defeituosos: { nomeUsuario: 7, salaAtual: '', mensagem: '', destinatario: 'todos', chave: '', cor: 'azul' },
      obrigatorios: ['nomeUsuario', 'salaAtual', 'mensagem'],
      excesso: ['Ana', 'Sala', 'oi', null, null, 'a mais'],
    },
    tabela: {
      registrar_usuario: ['nomeUsuario'],
      encerrar_sessao: ['nomeUsuario?'],
      criar_sala: ['nomeSala'],
      criarSala: ['nomeSala'],
      entrar_sala: ENTRAR,
      entrar_na_sala: ENTRAR,
      sair_da_sala: ['nomeUsuario?'],
      enviar_mensagem: ENVIAR,
      enviar_messagem: ENVIAR,
      receber_mensagens: ['nomeUsuario', 'salaAtual', 'desde?', 'esperarMs?'],
      listar_salas: ['detalhes?'],
      listar_usuarios: ['nomeSala?'],
      formatar_mensagens: ['mensagem'],
      configurar_sala: ['nomeUsuario', 'nomeSala', 'topico?', 'senha?', 'silenciada?', 'permanente?'],
      silenciar_usuario: ['nomeUsuario', 'nomeSala', 'alvo', 'silenciado'],
      expulsar_usuario: ['nomeUsuario', 'nomeSala', 'alvo', 'minutos?'],
      passar_sala: ['nomeUsuario', 'nomeSala', 'alvo'],
      detalhar_sala: ['nomeSala'],
    },
  },
];
