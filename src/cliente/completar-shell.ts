/** O completar do shell, derivado das tabelas de subcomandos e de opções. */

import type { OptionDefinition } from '../process/options.ts';
import type { SubcommandDefinition } from '../process/subcomandos.ts';
import { SUBCOMANDOS, TABELAS_DA_LINHA, TODAS_AS_OPCOES } from './subcomandos.ts';

const COMANDO = 'chat-cliente';

/** As opções cujo valor é um arquivo. */
const DE_ARQUIVO = new Set(['tls-ca']);

interface Opcao {
  readonly nome: string;
  readonly temValor: boolean;
  readonly descricao: string;
}

const OPCOES: readonly Opcao[] = [
  ...Object.entries<OptionDefinition<unknown>>(TODAS_AS_OPCOES).map(([nome, { argumento, descricao }]) => ({
    nome,
    temValor: argumento !== undefined,
    descricao,
  })),
  { nome: 'help', temValor: false, descricao: 'mostra a ajuda' },
  { nome: 'version', temValor: false, descricao: 'mostra a versão' },
];

const DOS_SUBCOMANDOS = Object.entries<SubcommandDefinition>(SUBCOMANDOS);

/** Os shells que se sabem completar, e o script de cada um. */
export const SHELLS: Readonly<Record<string, () => string>> = { bash: paraBash, zsh: paraZsh, fish: paraFish };

function comuns(): readonly string[] {
  return [...TABELAS_DA_LINHA.comuns, 'help'];
}

/** As opções que fazem sentido depois do subcomando; sem ele, na conversa. */
function opcoesDe(definicao: SubcommandDefinition | undefined): readonly string[] {
  if (definicao) return [...definicao.opcoes, ...comuns()];
  const soDeSubcomandos: readonly string[] = TABELAS_DA_LINHA.soDeSubcomandos;
  return OPCOES.map(({ nome }) => nome).filter((nome) => !soDeSubcomandos.includes(nome));
}

/** Os valores possíveis do primeiro operando: `<bash|zsh|fish>`. */
function valoresDe({ operandos }: SubcommandDefinition): readonly string[] {
  const [primeiro = ''] = operandos;
  return primeiro.includes('|') ? primeiro.slice(1, -1).split('|') : [];
}

const comTracos = (nomes: readonly string[]) => nomes.map((nome) => `--${nome}`);

function paraBash(): string {
  const comValor = OPCOES.filter(({ nome, temValor }) => temValor && !DE_ARQUIVO.has(nome)).map(({ nome }) => nome);
  const deArquivo = comTracos([...DE_ARQUIVO]).join('|');
  const semSubcomando = [...DOS_SUBCOMANDOS.map(([nome]) => nome), ...comTracos(opcoesDe(undefined))];
  const casos = DOS_SUBCOMANDOS.map(([nome, definicao]) => {
    const palavras = [...valoresDe(definicao), ...comTracos(opcoesDe(definicao))];
    return `    ${nome}) palavras='${palavras.join(' ')}' ;;`;
  });
  return `# Completar do ${COMANDO} no bash: source <(${COMANDO} completar bash)
_chat_cliente() {
  local atual=\${COMP_WORDS[COMP_CWORD]} palavras subcomando='' i
  local IFS=$'\\n'
  COMPREPLY=()
  case \${COMP_WORDS[COMP_CWORD - 1]} in
    ${deArquivo}) COMPREPLY=($(compgen -f -- "$atual")); return ;;
    ${comTracos(comValor).join('|')}) return ;;
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${comTracos([...comValor, ...DE_ARQUIVO]).join('|')}) ((i++)) ;;
      -*) ;;
      *) subcomando=\${COMP_WORDS[i]}; break ;;
    esac
  done
  case $subcomando in
    '') palavras='${semSubcomando.join(' ')}' ;;
${casos.join('\n')}
    *) return ;;
  esac
  COMPREPLY=($(IFS=' '; compgen -W "$palavras" -- "$atual"))
}
complete -F _chat_cliente ${COMANDO}
`;
}

function paraZsh(): string {
  const aspas = (texto: string) => texto.replaceAll("'", "'\\''");
  const semMarcas = (texto: string) => aspas(texto.replace(/[[\]:\\]/g, '\\$&'));
  const opcoes = OPCOES.map(({ nome, temValor, descricao }) => {
    const valor = temValor ? `:${nome}:${DE_ARQUIVO.has(nome) ? '_files' : ' '}` : '';
    return `    '--${nome}[${semMarcas(descricao)}]${valor}' \\`;
  });
  const subcomandos = DOS_SUBCOMANDOS.map(([nome, { descricao }]) => `      '${nome}:${semMarcas(descricao)}'`);
  const casos = DOS_SUBCOMANDOS.filter(([, definicao]) => valoresDe(definicao).length > 0).map(
    ([nome, definicao]) => `    ${nome}) compadd -- ${valoresDe(definicao).join(' ')} ;;`,
  );
  return `#compdef ${COMANDO}
# Completar do ${COMANDO} no zsh: source <(${COMANDO} completar zsh)
_chat_cliente() {
  local context state line
  _arguments -C \\
${opcoes.join('\n')}
    '1:subcomando:->subcomando' \\
    '2: :->operando' \\
    '*: :'
  if [[ $state == subcomando ]]; then
    local -a subcomandos=(
${subcomandos.join('\n')}
    )
    _describe subcomando subcomandos
  elif [[ $state == operando ]]; then
    case $line[1] in
${casos.map((caso) => `  ${caso}`).join('\n')}
    esac
  fi
}
if [[ $funcstack[1] == _chat_cliente ]]; then _chat_cliente "$@"; else compdef _chat_cliente ${COMANDO}; fi
`;
}

function paraFish(): string {
  const aspas = (texto: string) => `'${texto.replace(/[\\']/g, '\\$&')}'`;
  const nomes = DOS_SUBCOMANDOS.map(([nome]) => nome);
  const visto = (quais: readonly string[]) => `'__fish_seen_subcommand_from ${quais.join(' ')}'`;
  const subcomandos = DOS_SUBCOMANDOS.map(
    ([nome, { descricao }]) => `complete -c ${COMANDO} -n __fish_use_subcommand -a ${nome} -d ${aspas(descricao)}`,
  );
  const opcoes = OPCOES.map(({ nome, temValor, descricao }) => {
    const quais = DOS_SUBCOMANDOS.filter(([, definicao]) => opcoesDe(definicao).includes(nome)).map(([sub]) => sub);
    const emTodos = quais.length === nomes.length;
    const naConversa = opcoesDe(undefined).includes(nome);
    const fora = `'not __fish_seen_subcommand_from ${nomes.filter((sub) => !quais.includes(sub)).join(' ')}'`;
    const quando = emTodos ? [] : ['-n', naConversa ? fora : visto(quais)];
    const valor = temValor ? [DE_ARQUIVO.has(nome) ? '-rF' : '-x'] : [];
    return ['complete', '-c', COMANDO, ...quando, '-l', nome, ...valor, '-d', aspas(descricao)].join(' ');
  });
  const valores = DOS_SUBCOMANDOS.filter(([, definicao]) => valoresDe(definicao).length > 0).map(
    ([nome, definicao]) => `complete -c ${COMANDO} -n ${visto([nome])} -a ${aspas(valoresDe(definicao).join(' '))}`,
  );
  return `# Completar do ${COMANDO} no fish: ${COMANDO} completar fish | source
complete -c ${COMANDO} -f
${[...subcomandos, ...valores, ...opcoes].join('\n')}
`;
}
