/** O que um processo herda de quem o inicia. */

/** As do projeto mudariam o que se mede ou se testa; as outras, o que um terminal mostra. */
const FICAM_DE_FORA = /^(?:CHAT_|NO_COLOR$|FORCE_COLOR$|CI$)/;

/** @returns o ambiente daqui, sem as variáveis que mudariam o comportamento dos processos, e com as dadas */
export function ambienteLimpo(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const herdado = Object.entries(process.env).filter(
    (par): par is [string, string] => par[1] !== undefined && !FICAM_DE_FORA.test(par[0]),
  );
  return { ...Object.fromEntries(herdado), ...extra };
}
