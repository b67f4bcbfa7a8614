/** O que tem de valer antes de lançar uma versão, e se confere só lendo: cada função diz o que falta, ou nada. */

export interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly scripts?: Readonly<Record<string, string>>;
}

/** O npm os roda na máquina de quem instala o pacote. */
const DE_QUEM_INSTALA = ['preinstall', 'install', 'postinstall', 'prepare', 'preprepare'];

const SEM_VERSAO = 'Ainda não lançada';

/** @param changelog o CHANGELOG.md inteiro */
export function faltaNoChangelog(changelog: string, versao: string): string | undefined {
  const secoes = new Map(
    changelog
      .split(/^## /m)
      .slice(1)
      .map((secao) => {
        const [titulo = '', ...resto] = secao.split('\n');
        return [titulo.trim(), resto.join('\n').trim()];
      }),
  );
  if (secoes.get(SEM_VERSAO))
    return `o CHANGELOG.md ainda tem mudanças em "${SEM_VERSAO}": dê a essa seção o nome ${versao}`;
  return secoes.get(versao) ? undefined : `o CHANGELOG.md não conta o que mudou na ${versao}`;
}

/** @param lock o package-lock.json, lido */
export function faltaNoLock(
  lock: { readonly version?: string; readonly packages?: object },
  versao: string,
): string | undefined {
  if (lock.version !== versao) return `o package-lock.json é da ${lock.version}: rode npm install --package-lock-only`;
  const comEndereco = Object.values(lock.packages ?? {}).filter(
    (pacote) => 'resolved' in pacote && !('link' in pacote),
  );
  return comEndereco.length > 0
    ? `o package-lock.json diz de onde se baixaram ${comEndereco.length} pacotes`
    : undefined;
}

export function sobraNosScripts({ scripts = {} }: PackageJson): string | undefined {
  const sobram = DE_QUEM_INSTALA.filter((nome) => nome in scripts);
  return sobram.length > 0 ? `o pacote rodaria ${sobram.join(' e ')} na máquina de quem o instala` : undefined;
}

/** @param sujos o que `git status --porcelain` escreveu @param tags as que já existem, uma por linha */
export function faltaNoGit(sujos: string, tags: string, versao: string): string | undefined {
  if (sujos.trim() !== '') return `há o que ainda não está num commit:\n${sujos.trimEnd()}`;
  return tags.split('\n').includes(`v${versao}`)
    ? `a tag v${versao} já existe: aumente a versão no package.json`
    : undefined;
}
