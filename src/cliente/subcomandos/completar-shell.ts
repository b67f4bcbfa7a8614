/** O completar do shell, derivado das tabelas de subcomandos e de opções. */

import type { OptionDefinition } from '../../process/opcoes/options.ts';
import type { SubcommandDefinition } from '../../process/opcoes/subcomandos.ts';
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
  ...Object.entries<OptionDefinition<unknown>>(TODAS_AS_OPCOES).map(([nome, { argumento, sozinha, descricao }]) => ({
    nome,
    temValor: argumento !== undefined && sozinha === undefined,
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
  const igual = comTracos([...DE_ARQUIVO].map((nome) => `${nome}=*`)).join('|');
  const semSubcomando = [...DOS_SUBCOMANDOS.map(([nome]) => nome), ...comTracos(opcoesDe(undefined))];
  const casos = DOS_SUBCOMANDOS.map(([nome, definicao]) => {
    const palavras = [...valoresDe(definicao), ...comTracos(opcoesDe(definicao))];
    return `    ${nome}) palavras='${palavras.join(' ')}' ;;`;
  });
  return `# Completar do ${COMANDO} no bash: source <(${COMANDO} completar bash)
_chat_cliente() {
  local atual=\${COMP_WORDS[COMP_CWORD]} palavras subcomando='' i n=-1 cola=''
  local -a dadas=()
  local IFS=$'\\n'
  COMPREPLY=()
  # O bash parte as palavras em : e em =, como em http://localhost:5000 e --nome=Ana.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    [[ \${COMP_WORDS[i]} == [:=]* ]] && cola=sim
    if [[ $cola ]]; then dadas[n]+=\${COMP_WORDS[i]}; else ((++n)); dadas[n]=\${COMP_WORDS[i]}; fi
    [[ \${COMP_WORDS[i]} == *[:=] ]] && cola=sim || cola=''
  done
  case \${dadas[n]} in
    ${igual}) COMPREPLY=($(compgen -f -- "\${atual#=}")); return ;;
    "$atual") ;;
    *) return ;;
  esac
  case \${dadas[n - 1]} in
    ${deArquivo}) COMPREPLY=($(compgen -f -- "$atual")); return ;;
    ${comTracos(comValor).join('|')}) return ;;
  esac
  for ((i = 1; i < n; i++)); do
    case \${dadas[i]} in
      ${comTracos([...comValor, ...DE_ARQUIVO]).join('|')}) ((i++)) ;;
      -*) ;;
      *) subcomando=\${dadas[i]}; break ;;
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
  const opcao = ({ nome, temValor, descricao }: Opcao) => {
    const valor = temValor ? `:${nome}:${DE_ARQUIVO.has(nome) ? '_files' : ' '}` : '';
    return `'--${nome}[${semMarcas(descricao)}]${valor}'`;
  };
  const opcoes = (servem: readonly string[]) => OPCOES.filter(({ nome }) => servem.includes(nome)).map(opcao);
  const naConversa = opcoesDe(undefined);
  // Reconhecidas, mas não oferecidas: só servem a um subcomando, que ainda pode vir.
  const ocultas = OPCOES.filter(({ nome }) => !naConversa.includes(nome)).map(
    ({ nome, temValor }) => `'!--${nome}${temValor ? ': : ' : ''}'`,
  );
  const subcomandos = DOS_SUBCOMANDOS.map(([nome, { descricao }]) => `        '${nome}:${semMarcas(descricao)}'`);
  const casos = DOS_SUBCOMANDOS.map(([nome, definicao]) => {
    const valores = valoresDe(definicao);
    const operandos = valores.length > 0 ? `'1: :(${valores.join(' ')})'` : "'*: :()'";
    const linhas = [...opcoes(opcoesDe(definicao)), operandos].map((linha) => `            ${linha}`);
    return `        ${nome})\n          _arguments \\\n${linhas.join(' \\\n')} ;;`;
  });
  return `#compdef ${COMANDO}
# Completar do ${COMANDO} no zsh: source <(${COMANDO} completar zsh)
_chat_cliente() {
  local curcontext="$curcontext" context state line
  local -a subcomandos
  _arguments -C -A '-*' \\
    ${[...opcoes(naConversa), ...ocultas].join(' \\\n    ')} \\
    '1: :->subcomando' \\
    '*:: :->operandos'
  case $state in
    subcomando)
      subcomandos=(
${subcomandos.join('\n')}
      )
      _describe subcomando subcomandos ;;
    operandos)
      case $words[1] in
${casos.join('\n')}
      esac ;;
  esac
}
if [[ $funcstack[1] == _chat_cliente ]]; then _chat_cliente "$@"; else compdef _chat_cliente ${COMANDO}; fi
`;
}

function paraFish(): string {
  const aspas = (texto: string) => `'${texto.replace(/[\\']/g, '\\$&')}'`;
  const nomes = DOS_SUBCOMANDOS.map(([nome]) => nome);
  const visto = (quais: readonly string[]) => `'__fish_seen_subcommand_from ${quais.join(' ')}'`;
  // O do próprio fish tomaria o valor de uma opção por um subcomando.
  const semNenhum = `'not __fish_seen_subcommand_from ${nomes.join(' ')}'`;
  const subcomandos = DOS_SUBCOMANDOS.map(
    ([nome, { descricao }]) => `complete -c ${COMANDO} -n ${semNenhum} -a ${nome} -d ${aspas(descricao)}`,
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
